// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.governor;

/**
 * Decides, once a second, how many new sessions the copier takes up, from what it used. Above its budget it sheds whole new
 * sessions: the share that it takes them up from shrinks in proportion, at most by half in a second. Far above it for some seconds,
 * or above it with nothing left to shed, it pauses; after a rest it begins again with a small share. Between four fifths of the
 * budget and all of it nothing changes; below, after two calm seconds, the share grows by half. Pure; one thread.
 */
public final class Governor {
    /** Loads are relative to the budget. */
    private static final double CALM = 0.8;

    private static final double AIM = 0.9;
    private static final double HARD = 1.5;
    private static final double LEAST_FACTOR = 0.5;
    private static final double GROWTH = 1.5;
    /** Below this share nothing is taken up. */
    private static final double LEAST_SHARE = 0.01;

    private static final double FIRST_SHARE = 0.05;
    private static final int HARD_SECONDS = 3;
    private static final int HELPLESS_SECONDS = 10;
    private static final int CALM_SECONDS = 2;
    private static final int REST_SECONDS = 10;

    private final Budget budget;
    private Verdict.State state = Verdict.State.RUN;
    private double share = 1;
    private int hardSeconds;
    private int helplessSeconds;
    private int calmSeconds;
    private int restSeconds;

    public Governor(Budget budget) {
        this.budget = budget;
    }

    /** What to do for the next second. */
    public Verdict decide(Usage usage) {
        Resource scarcest = Resource.CPU;
        for (Resource resource : Resource.values()) {
            if (budget.load(resource, usage) > budget.load(scarcest, usage)) {
                scarcest = resource;
            }
        }
        double load = budget.load(scarcest, usage);
        if (state == Verdict.State.PAUSED) {
            rest();
        } else {
            judge(load);
        }
        return new Verdict(state, share, scarcest, load);
    }

    private void rest() {
        restSeconds++;
        if (restSeconds >= REST_SECONDS) {
            state = Verdict.State.SHED;
            share = FIRST_SHARE;
        }
    }

    private void judge(double load) {
        hardSeconds = load >= HARD ? hardSeconds + 1 : 0;
        helplessSeconds = load > 1 && share == 0 ? helplessSeconds + 1 : 0;
        calmSeconds = load < CALM ? calmSeconds + 1 : 0;
        if (hardSeconds >= HARD_SECONDS || helplessSeconds >= HELPLESS_SECONDS) {
            pause();
        } else if (load > 1) {
            shed(load);
        } else if (calmSeconds >= CALM_SECONDS) {
            grow();
        }
    }

    private void pause() {
        state = Verdict.State.PAUSED;
        share = 0;
        hardSeconds = 0;
        helplessSeconds = 0;
        calmSeconds = 0;
        restSeconds = 0;
    }

    private void shed(double load) {
        double smaller = share * Math.max(LEAST_FACTOR, AIM / load);
        share = smaller < LEAST_SHARE ? 0 : smaller;
        state = Verdict.State.SHED;
    }

    private void grow() {
        calmSeconds = 0;
        share = Math.min(1, Math.max(FIRST_SHARE, share * GROWTH));
        if (share == 1) {
            state = Verdict.State.RUN;
        }
    }
}
