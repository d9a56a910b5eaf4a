// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger.Gauge;
import drcopy.copier.session.ReplicaStatus;
import drcopy.copier.session.script.Step.Condition;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a {@code %} line may ask: {@code captured}, {@code delivered}, {@code held}, {@code dropped}, {@code dropped.REASON}, {@code
 * droppedBytes.REASON}, the names of counters and gauges, {@code routes} (live ones), {@code announced} (how often one was), {@code deadline} ({@code none} or {@code
 * set}), and of the session's replica, live or lingering, {@code state}, {@code port}, {@code iss}, {@code sndUna}, {@code
 * sndNxt}, {@code sndWnd}, {@code irs}, {@code rcvNxt}, relative as in segments; {@code none} without one.
 */
final class Conditions {
    private final EngineRig rig;

    Conditions(EngineRig rig) {
        this.rig = rig;
    }

    String value(Flow flow, String name) {
        return switch (name) {
            case "captured" -> "" + rig.ledger.value(CopierCounter.SEGMENTS_CAPTURED);
            case "delivered" -> "" + rig.ledger.value(CopierCounter.SEGMENTS_DELIVERED);
            case "held" -> "" + rig.ledger.value(Gauge.SEGMENTS_HELD);
            case "dropped" -> "" + rig.ledger.droppedSegments();
            case "announced" -> "" + rig.routes.announced();
            case "routes" -> "" + rig.routes.live();
            case "deadline" -> rig.nextDeadlineNs() == Long.MAX_VALUE ? "none" : "set";
            default -> booksOrState(flow, name);
        };
    }

    private String booksOrState(Flow flow, String name) {
        if (name.startsWith("dropped.")) {
            return "" + rig.ledger.droppedSegments(DropReason.valueOf(name.substring(8)));
        } else if (name.startsWith("droppedBytes.")) {
            return "" + rig.ledger.droppedBytes(DropReason.valueOf(name.substring(13)));
        } else if (!name.equals(name.toUpperCase(Locale.ROOT))) {
            return state(flow, name);
        }
        for (Gauge gauge : Gauge.values()) {
            if (gauge.name().equals(name)) {
                return "" + rig.ledger.value(gauge);
            }
        }
        return "" + rig.ledger.value(CopierCounter.valueOf(name));
    }

    private String state(Flow flow, String name) {
        Optional<ReplicaStatus> status = rig.engine.status(flow.key, flow.spec.instance());
        int irs = flow.irs(rig.routes.generation(flow.replica));
        Function<ReplicaStatus, Object> value =
                switch (name) {
                    case "state" -> ReplicaStatus::state;
                    case "port" -> ReplicaStatus::port;
                    case "iss" -> r -> r.iss() - flow.iss;
                    case "sndUna" -> r -> r.sndUna() - flow.iss;
                    case "sndNxt" -> r -> r.sndNxt() - flow.iss;
                    case "sndWnd" -> ReplicaStatus::sndWnd;
                    case "irs" -> r -> r.irs() - irs;
                    case "rcvNxt" -> r -> r.rcvNxt() - irs;
                    default -> throw new IllegalArgumentException("unknown variable " + name);
                };
        return status.map(value).map(Object::toString).orElse("none");
    }

    static boolean holds(Condition c, String actual) {
        if (c.operator().equals("==")) {
            return c.right().equals(actual);
        } else if (c.operator().equals("!=")) {
            return !c.right().equals(actual);
        }
        int order = Long.compare(Long.parseLong(actual), Long.parseLong(c.right()));
        return switch (c.operator()) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> throw new IllegalArgumentException("unknown operator " + c.operator());
        };
    }
}
