// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.governor;

import java.util.Locale;

/**
 * What the governor has decided, and why. Immutable.
 *
 * @param share of the sampled sessions that new ones are taken up from, 0..1; the others are shed whole
 * @param resource the one whose budget is used most
 * @param load how much of it, 1 is all
 */
public record Verdict(State state, double share, Resource resource, double load) {
    /** Before anything was measured. */
    public static final Verdict RUNNING = new Verdict(State.RUN, 1, Resource.CPU, 0);

    private static final int PERCENT = 100;

    /** What the copier does about its budget; metrics show the ordinal. */
    public enum State {
        /** Everything in the sample is mirrored. */
        RUN,
        /** A part of the new sessions is not taken up. */
        SHED,
        /** Nothing is mirrored. */
        PAUSED
    }

    /** For people. */
    public String text() {
        String use = String.format(Locale.ROOT, "%s at %.0f %% of its budget", resource.text(), PERCENT * load);
        return switch (state) {
            case RUN -> use + ": every session is mirrored";
            case SHED -> String.format(
                    Locale.ROOT, "%s: new sessions are taken up from %.0f %% of all", use, PERCENT * share);
            case PAUSED -> use + ": mirroring is paused";
        };
    }
}
