// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

/**
 * Which sessions are copied, by a hash of their key: the same ones on every copier and after every restart. Immutable.
 *
 * @param percent share of the sessions, 1..100
 */
public record Sample(int percent) {
    public Sample {
        if (percent < 1 || percent > 100) {
            throw new IllegalArgumentException("percent " + percent + " must be 1..100");
        }
    }

    /** @param hash well mixed: {@link drcopy.wire.FlowKey#stableHash} */
    public boolean contains(long hash) {
        return (hash >>> 33) * 100 >>> 31 < percent;
    }
}
