// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

/**
 * What an operator tells every copier of a pool: the znode {@code control}. Immutable.
 *
 * @param schema {@link PoolJson#SCHEMA}
 * @param paused true when nothing is to be mirrored
 * @param ratio percent of sessions to copy, 1..100; null leaves it to each copier's command line
 * @param by who said so
 * @param at when, ISO 8601
 * @param reason why, in the operator's words; null when none was given
 */
public record Control(int schema, boolean paused, Integer ratio, String by, String at, String reason) {
    /** What holds until somebody says otherwise. */
    public static final Control NONE = new Control(PoolJson.SCHEMA, false, null, null, null, null);

    /** A ratio from outside that cannot be is as good as none. */
    public Control {
        ratio = ratio != null && (ratio < 1 || ratio > 100) ? null : ratio;
    }

    /** The same, paused or not. */
    public Control withPaused(boolean value) {
        return new Control(PoolJson.SCHEMA, value, ratio, by, at, reason);
    }

    /** The same with another ratio, percent. */
    public Control withRatio(int percent) {
        return new Control(PoolJson.SCHEMA, paused, percent, by, at, reason);
    }

    /** The same, said by somebody at some time for some reason. */
    public Control said(String who, String when, String why) {
        return new Control(PoolJson.SCHEMA, paused, ratio, who, when, why);
    }
}
