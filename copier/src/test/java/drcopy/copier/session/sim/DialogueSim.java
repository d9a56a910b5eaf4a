// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.Target;
import drcopy.copier.session.script.EngineRig;
import drcopy.copier.session.script.Header;
import drcopy.copier.session.script.RouteBook;
import drcopy.copier.session.script.SentPacket;
import drcopy.copier.session.script.Variant;
import drcopy.wire.FlowKey;
import drcopy.wire.SegmentBuilder;
import drcopy.wire.Seq;
import drcopy.wire.TcpFlags;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One client that talks to a service online and, through the engine, to another, on ways without loss. Each service says what
 * it likes when it likes; what the client says, and when, follows from what online says. Times in nanoseconds.
 */
final class DialogueSim {
    static final long MS = 1_000_000;
    /** One way between client and online, and between copier and target. */
    private static final long WAY_NS = MS / 10;

    private static final Variant FAMILY = new Variant("dialogue", false, 0, 0, 0, 0);

    /** One side's service: hears what comes, in order, and says something through {@link Mouth}. */
    interface Service {
        void onConnected(Mouth mouth);

        /** A message of the client's has come whole. */
        void onMessage(Mouth mouth, int number, String message);
    }

    /** What a client does when it has heard so many bytes in all. */
    interface Client {
        void onConnected(Mouth mouth);

        void onHeard(Mouth mouth, int bytes);
    }

    /** Says something later. */
    interface Mouth {
        /** @param said is run when it is said */
        void say(long afterNs, String text, Runnable said);

        default void say(long afterNs, String text) {
            say(afterNs, text, () -> {});
        }
    }

    private final SimClock clock = new SimClock();
    private final EngineRig rig = new EngineRig(EngineConfig.defaults(), 0);
    private final FlowKey key = new FlowKey().set(FAMILY.hi(0), FAMILY.lo(1), 40_000, FAMILY.hi(0), FAMILY.lo(10), 80);
    private final Target to = new Target(FAMILY.hi(200), FAMILY.lo(200), 8080);
    private final Service online;
    private final Service target;
    private final Client client;
    /** When each message was captured, and where it ends in the stream. */
    private final List<Long> capturedNs = new ArrayList<>();

    private final List<Integer> ends = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();
    /** Lag of each message: from its capture until the target has it. */
    final List<Long> lagsNs = new ArrayList<>();

    private long untilNs;
    private int said;
    private int heard;
    private int taken;
    private int answered;
    private RouteBook.Route route;

    DialogueSim(Service online, Service target, Client client) {
        this.online = online;
        this.target = target;
        this.client = client;
    }

    /** Talks until {@code endOfTalkNs}, then waits until everything has arrived, for a minute at most. */
    DialogueSim run(long endOfTalkNs) {
        untilNs = endOfTalkNs;
        clock.at(MS, () -> capture(TcpFlags.SYN, ""));
        clock.at(MS + 2 * WAY_NS, () -> {
            capture(TcpFlags.ACK, "");
            online.onConnected(this::onlineSays);
            client.onConnected(this::clientSays);
        });
        long endNs = untilNs + 60_000 * MS;
        while (clock.nowNs() < endNs && (clock.nowNs() < untilNs || lagsNs.size() < messages.size())) {
            long nextNs = Math.min(Math.min(clock.nextNs(), rig.nextDeadlineNs()), endNs);
            if (rig.nextDeadlineNs() <= nextNs) {
                clock.advanceTo(nextNs);
                rig.advanceTo(Math.max(nextNs, rig.nowNs()));
            } else if (clock.nextNs() <= nextNs) {
                rig.advanceTo(nextNs);
                clock.runNext();
                rig.batchEnd();
            } else {
                clock.advanceTo(endNs);
            }
            while (!rig.sent.isEmpty()) {
                SentPacket p = rig.sent.poll();
                clock.after(WAY_NS, () -> onPacket(p));
            }
        }
        return this;
    }

    long value(CopierCounter counter) {
        return rig.ledger.value(counter);
    }

    private void capture(int flags, String text) {
        boolean isSyn = flags == TcpFlags.SYN;
        int seq = isSyn ? 0 : 1 + said;
        Header header = new Header(flags, seq, isSyn ? 0 : 1 + heard, 65_000, 0, new byte[0]);
        SegmentBuilder segment = SegmentBuilder.fromClient(key)
                .seq(header.seq())
                .ack(header.ack())
                .flags(flags)
                .window(header.window())
                .payload(text.getBytes(StandardCharsets.US_ASCII));
        said += text.length();
        rig.captured(segment.build(), to, key.clientHi, key.clientLo);
    }

    private void clientSays(long afterNs, String text, Runnable isSaid) {
        clock.after(afterNs, () -> {
            isSaid.run();
            int ack = heard;
            clock.after(WAY_NS, () -> {
                if (clock.nowNs() > untilNs) {
                    return;
                }
                int newest = heard;
                heard = ack; // what the client had heard when it sent this
                capture(TcpFlags.ACK | TcpFlags.PSH, text);
                heard = newest;
                capturedNs.add(clock.nowNs());
                messages.add(text);
                ends.add(said);
                online.onMessage(this::onlineSays, messages.size() - 1, text);
            });
        });
    }

    private void onlineSays(long afterNs, String text, Runnable isSaid) {
        clock.after(afterNs + WAY_NS, () -> {
            isSaid.run();
            heard += text.length();
            client.onHeard(this::clientSays, heard);
        });
    }

    private void onPacket(SentPacket p) {
        if (TcpFlags.any(p.flags(), TcpFlags.SYN)) {
            route = p.route;
            respond(TcpFlags.SYN | TcpFlags.ACK, -1, 0);
            clock.after(2 * WAY_NS, () -> target.onConnected(this::targetSays));
            return;
        }
        int end = p.seq() + p.payloadLength() - 1;
        if (p.payloadLength() == 0 || Seq.lessOrEqual(end, taken)) {
            return;
        }
        taken = end;
        respond(TcpFlags.ACK, answered, 0);
        while (lagsNs.size() < ends.size() && ends.get(lagsNs.size()) <= taken) {
            int number = lagsNs.size();
            lagsNs.add(clock.nowNs() - capturedNs.get(number));
            target.onMessage(this::targetSays, number, messages.get(number));
        }
    }

    private void targetSays(long afterNs, String text, Runnable isSaid) {
        clock.after(afterNs, () -> {
            respond(TcpFlags.ACK | TcpFlags.PSH, answered, text.length());
            answered += text.length();
            isSaid.run();
        });
    }

    /** A segment of the target's reaches the copier. */
    private void respond(int flags, int from, int length) {
        Header header = new Header(flags, 1 + from, 1 + taken, 65_000, 0, new byte[0]);
        clock.after(WAY_NS, () -> rig.responded(route.id, header, length));
    }

    /** The lag that 99 of 100 messages do not exceed. */
    long p99Ns() {
        List<Long> sorted = lagsNs.stream().sorted().toList();
        return sorted.get((int) (0.99 * (sorted.size() - 1)));
    }

    int missing() {
        return messages.size() - lagsNs.size();
    }
}
