// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import java.util.Random;

/**
 * What goes wrong in one run, drawn from its seed.
 *
 * @param lossForward share of packets lost from the engine to the target
 * @param lossBack share of summaries lost from the target to the engine
 * @param duplicates share repeated, both ways
 * @param jitterNs most extra delay; more than the spacing of packets means reordering
 * @param delayNs delay of one way
 * @param captureNoise share of captured segments that are reordered, repeated, or were lost before the capture
 * @param captureLoss share of captured segments that the capture missed
 * @param outages the summaries of some seconds are lost, then the interceptor returns
 * @param answers how the target's answers compare with online's
 * @param targetTrouble share of the target's connections that it ends early
 * @param stale share of the target's addresses with a connection from before
 * @param conflicts share of the replicas' addresses that belong to another copier
 * @param deadTimes the target, or the queue of routes, takes nothing for some seconds
 * @param smallWindows the target reads slowly
 * @param portReuse clients use their ports again
 * @param lateRoutes interceptors do not know the newest routes: many summaries come under the one before on the same addresses
 * @param midStream the capture begins in the middle
 */
record Weather(
        double lossForward,
        double lossBack,
        double duplicates,
        long jitterNs,
        long delayNs,
        double captureNoise,
        double captureLoss,
        boolean outages,
        Answers answers,
        double targetTrouble,
        double stale,
        double conflicts,
        boolean deadTimes,
        boolean smallWindows,
        boolean portReuse,
        boolean lateRoutes,
        boolean midStream) {

    /** The target's answers beside online's. */
    enum Answers {
        SAME,
        SHORTER,
        LONGER
    }

    private static final int KINDS = 10;

    /** Kinds of weather take turns by seed; their strength is drawn. */
    static Weather of(long seed, Random r) {
        int kind = (int) Math.floorMod(seed, (long) KINDS);
        boolean isLossy = kind == 1 || kind == 3 || kind == 5 || kind == 7;
        boolean isHeavy = kind == 2;
        double loss = isHeavy ? 0.05 + 0.15 * r.nextDouble() : isLossy ? 0.03 * r.nextDouble() : 0;
        long delay = 50_000L + r.nextInt(r.nextInt(4) == 0 ? 40_000_000 : 1_000_000);
        return new Weather(
                loss,
                loss * (0.5 + r.nextDouble()),
                isHeavy || isLossy ? 0.03 : 0,
                isHeavy || isLossy ? 1 + r.nextInt(3_000_000) : 1,
                delay,
                kind == 0 ? 0 : 0.06 * r.nextDouble(),
                kind == 6 ? 0.01 + 0.05 * r.nextDouble() : 0,
                kind == 3,
                kind == 4 ? Answers.SHORTER : kind == 8 && r.nextBoolean() ? Answers.LONGER : Answers.SAME,
                kind == 5 ? 0.4 : 0,
                kind == 7 || kind == 1 ? 0.5 : 0,
                kind == 4 || kind == 7 ? 0.3 : 0,
                kind == 3 || kind == 8,
                kind == 8 || isHeavy,
                kind == 7 || kind == 9 || kind == 2,
                kind == 7 || kind == 9 || kind == 2,
                kind == 9);
    }

    /** True when every request must reach the target, whatever else happens. */
    boolean mustDeliverAll() {
        return captureLoss == 0 && targetTrouble == 0 && !midStream;
    }
}
