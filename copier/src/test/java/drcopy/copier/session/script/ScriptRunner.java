// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.script.Step.Captured;
import drcopy.copier.session.script.Step.Check;
import drcopy.copier.session.script.Step.Condition;
import drcopy.copier.session.script.Step.Control;
import drcopy.copier.session.script.Step.Expected;
import drcopy.copier.session.script.Step.Instances;
import drcopy.copier.session.script.Step.Response;
import drcopy.copier.session.script.Step.RouteExpected;
import drcopy.wire.TcpFlags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Plays one script in one variant against a real engine. What the engine sends and the script does not expect is a failure,
 * unless {@code option lax} is written; a packet may come {@code option tolerance} (2 ms) before or after its time, but what
 * is expected at {@code +0} must be sent by the call before.
 */
final class ScriptRunner {
    private static final int EVENTS_SHOWN = 10;

    private final Script script;
    private final Variant variant;
    private final EngineRig rig;
    private final Map<String, Flow> flows = new HashMap<>();
    private final Transcript transcript;
    private final Conditions conditions;
    private final boolean isLax;
    private final long toleranceNs;
    /** When the script's line before was, by the script. */
    private long scriptNs;

    private ScriptRunner(Script script, Variant variant) {
        this.script = script;
        this.variant = variant;
        EngineConfig config = ConfigOptions.config(script.options());
        rig = new EngineRig(config, variant.startNs());
        scriptNs = variant.startNs();
        transcript = new Transcript(EVENTS_SHOWN, variant.startNs());
        script.flows().forEach((name, spec) -> flows.put(name, new Flow(spec, variant)));
        conditions = new Conditions(rig);
        isLax = script.options().containsKey("lax");
        toleranceNs = ConfigOptions.nanos(script.options().getOrDefault("tolerance", "2ms"));
    }

    static void run(Script script, Variant variant) {
        ScriptRunner runner = new ScriptRunner(script, variant);
        List<Step> steps = script.steps();
        for (int i = 0; i < steps.size(); i++) {
            boolean batchGoesOn =
                    i + 1 < steps.size() && steps.get(i + 1).time().sameBatch();
            runner.runStep(steps.get(i), batchGoesOn);
        }
        runner.finish(steps.get(steps.size() - 1));
    }

    private void runStep(Step step, boolean batchGoesOn) {
        try {
            if (step.action() instanceof Expected e) {
                expect(step, e.segment());
                return;
            } else if (step.action() instanceof RouteExpected r && step.time().toNs() == 0) {
                expectRoute(step, r.isAdded());
                return;
            }
            if (!step.time().sameBatch()) {
                advance(step);
            }
            if (step.isInput()) {
                transcript.note(rig.nowNs(), () -> "line " + step.line() + ": " + step.text());
                input(step);
                if (!batchGoesOn) {
                    rig.batchEnd();
                }
            } else if (step.action() instanceof RouteExpected r) {
                expectRoute(step, r.isAdded());
            } else if (step.action() instanceof Check c) {
                check(step, c.conditions());
            }
        } catch (ScriptFailure e) {
            throw e;
        } catch (AssertionError | RuntimeException e) {
            throw failure(step, e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private void advance(Step step) {
        scriptNs += step.time().fromNs();
        noneSent(step);
        while (rig.nowNs() < scriptNs || rig.nextDeadlineNs() <= scriptNs) {
            rig.advanceUntilSent(scriptNs);
            noneSent(step);
        }
    }

    /** What was sent by now must have been expected by the lines before. */
    private void noneSent(Step step) {
        if (isLax) {
            rig.sent.forEach(p -> transcript.note(p.timeNs, () -> "sent " + describe(step, p)));
            rig.sent.clear();
        }
        SentPacket p = rig.sent.peek();
        if (p != null) {
            throw failure(step, "sent a packet that the script does not expect", "nothing", describe(step, p));
        }
    }

    private void input(Step step) {
        Flow flow = flows.get(step.flow());
        if (step.action() instanceof Captured c) {
            int host = flow.spec.replicaHost();
            rig.captured(flow.captured(c.segment()), flow.target, variant.hi(host), variant.lo(host));
        } else if (step.action() instanceof Response r) {
            RouteBook.Route latest = route(step, flow);
            RouteBook.Route route = r.isUnderFormerRoute() ? latest.before : latest;
            Header header = flow.response(r.segment(), rig.routes.generation(flow.replica));
            rig.responded(route.id, header, r.segment().length());
        } else if (step.action() instanceof Instances i) {
            rig.useInstances(i.ids().stream().mapToInt(Integer::intValue).toArray());
        } else {
            switch ((Control) step.action()) {
                case CONFLICT -> rig.conflict(route(step, flow).id);
                case UNKNOWN -> rig.responded(-1, new Header(TcpFlags.ACK, 1, 1, 1, 0, new byte[0]), 1);
                case RETURNED -> rig.interceptorReturned();
                case STOPPED -> rig.stop();
                case SAMPLE_OUT -> rig.sample(false);
                case SAMPLE_IN -> rig.sample(true);
                case SHED_ON -> rig.shed(true);
                case SHED_OFF -> rig.shed(false);
                case ROUTES_FULL -> rig.routes.full(true);
                case ROUTES_OPEN -> rig.routes.full(false);
            }
        }
    }

    private RouteBook.Route route(Step step, Flow flow) {
        RouteBook.Route route = rig.routes.latest(flow.replica);
        if (route == null) {
            throw failure(step, "no route was announced for " + flow.replica, null);
        }
        return route;
    }

    private void expect(Step step, Segment expected) {
        long slack = step.time().isRange() || step.time().toNs() == 0 ? 0 : toleranceNs;
        long from = scriptNs + step.time().fromNs() - slack;
        long to = scriptNs + step.time().toNs() + slack;
        scriptNs += step.time().fromNs();
        SentPacket p = next(step, expected, to);
        if (p == null) {
            throw failure(step, "the engine did not send this", expected.text(), "nothing");
        }
        if (p.timeNs < from || p.timeNs > to) {
            String at = String.format("%.6f s after the line before", (p.timeNs - from - slack) / 1e9);
            throw failure(step, "sent at another time", expected.text(), describe(step, p) + " " + at);
        }
        scriptNs = Math.max(scriptNs, Math.min(p.timeNs, to));
        Flow flow = flows.get(step.flow());
        String mismatch = flow.mismatch(expected, p);
        transcript.note(p.timeNs, () -> "sent " + describe(step, p));
        if (mismatch != null) {
            throw failure(step, mismatch, expected.text(), describe(step, p));
        }
    }

    /** The next packet sent until the time given, or null; a lax script skips those that differ. */
    private SentPacket next(Step step, Segment expected, long toNs) {
        while (true) {
            if (rig.sent.isEmpty()) {
                rig.advanceUntilSent(toNs);
            }
            SentPacket p = rig.sent.poll();
            if (p == null || !isLax || flows.get(step.flow()).mismatch(expected, p) == null) {
                return p;
            }
            transcript.note(p.timeNs, () -> "sent " + describe(step, p));
        }
    }

    private void expectRoute(Step step, boolean isAdded) {
        Flow flow = flows.get(step.flow());
        RouteBook.Event event = rig.routes.takeEvent(flow.replica);
        if (event == null || event.isAdded() != isAdded) {
            throw failure(step, "the route was not " + (isAdded ? "added" : "removed") + ": " + flow.replica, null);
        }
        if (event.route().instance != flow.spec.instance()) {
            throw failure(step, "the route has instance " + event.route().instance, null);
        }
    }

    private void check(Step step, List<Condition> list) {
        for (Condition c : list) {
            String actual = conditions.value(flows.get(step.flow()), c.left());
            if (!Conditions.holds(c, actual)) {
                throw failure(step, "does not hold", c.toString(), c.left() + " == " + actual);
            }
        }
    }

    private void finish(Step last) {
        noneSent(last);
    }

    private String describe(Step step, SentPacket p) {
        Flow flow = flows.get(step.flow());
        if (!p.key.equals(flow.replica)) {
            for (Flow other : flows.values()) {
                flow = p.key.equals(other.replica) ? other : flow;
            }
        }
        Segment s = flow.describe(p);
        return "> " + s.text() + " (flow " + flow.spec.name() + ", " + p.key
                + (s.isGarbage() ? ", other payload)" : ")");
    }

    private ScriptFailure failure(Step step, String reason, String expected, String actual) {
        return failure(step, reason + "\nexpected: " + expected + "\n  actual: " + actual, null);
    }

    private ScriptFailure failure(Step step, String reason, Throwable cause) {
        rig.sent.forEach(p -> transcript.note(p.timeNs, () -> "sent " + describe(step, p)));
        String where = script.name() + ":" + step.line() + " [" + variant.name() + "]: ";
        return new ScriptFailure(
                where + reason + "\n  script: " + step.text() + "\nlast events:\n" + transcript.text(), cause);
    }
}
