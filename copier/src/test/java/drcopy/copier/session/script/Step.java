// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import java.util.List;

/**
 * One line of a script's timeline.
 *
 * @param line its number in the file, from 1
 * @param text the line as written
 * @param time when it happens
 * @param flow name of the flow it is about
 */
record Step(int line, String text, Time time, String flow, Action action) {

    /**
     * When a line happens, in nanoseconds after the line before.
     *
     * @param sameBatch handed over together with the line before, before the batch ends
     */
    record Time(long fromNs, long toNs, boolean isRange, boolean sameBatch) {}

    /** What a line does or asks. */
    sealed interface Action permits Captured, Response, Expected, RouteExpected, Check, Instances, Control {}

    /** {@code c<}: captured from the client. */
    record Captured(Segment segment) implements Action {}

    /** {@code t<}: a response of the target; {@code former t<}: reported under the route before the latest. */
    record Response(Segment segment, boolean isUnderFormerRoute) implements Action {}

    /** {@code >}: the engine must send this. */
    record Expected(Segment segment) implements Action {}

    /** {@code route added}, {@code route removed}: the engine must have announced this. */
    record RouteExpected(boolean isAdded) implements Action {}

    /** {@code %}: all of these must hold. */
    record Check(List<Condition> conditions) implements Action {}

    /** {@code instances ID,...}: new connections are played under these from now on. */
    record Instances(List<Integer> ids) implements Action {}

    /** Something else that happens to the engine. */
    enum Control implements Action {
        /** {@code route conflict}. */
        CONFLICT,
        /** {@code response unknown}: a summary that names a route the engine never announced. */
        UNKNOWN,
        /** {@code interceptor returned}. */
        RETURNED,
        /** {@code copier stops}. */
        STOPPED,
        /** {@code sample out}: sessions are outside the sampled share from now on. */
        SAMPLE_OUT,
        /** {@code sample in}. */
        SAMPLE_IN,
        /** {@code shed on}: new sessions are left out to keep within the budget. */
        SHED_ON,
        /** {@code shed off}. */
        SHED_OFF,
        /** {@code routes full}. */
        ROUTES_FULL,
        /** {@code routes open}. */
        ROUTES_OPEN
    }

    /** {@code left operator right}. */
    record Condition(String left, String operator, String right) {
        @Override
        public String toString() {
            return left + " " + operator + " " + right;
        }
    }

    boolean isInput() {
        return action instanceof Captured
                || action instanceof Response
                || action instanceof Instances
                || action instanceof Control;
    }
}
