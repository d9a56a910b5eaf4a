// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import static drcopy.copier.session.sim.SimFailure.check;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger.Gauge;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.Target;
import drcopy.copier.session.script.EngineRig;
import drcopy.copier.session.script.Header;
import drcopy.copier.session.script.OptionText;
import drcopy.copier.session.script.RouteBook;
import drcopy.copier.session.script.SentPacket;
import drcopy.copier.session.script.Transcript;
import drcopy.copier.session.script.Variant;
import drcopy.copier.session.sim.Conversation.Captured;
import drcopy.wire.FlowKey;
import drcopy.wire.TcpFlags;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/**
 * One run: some clients talk to online, the engine plays them against the model target through bad weather, and the invariants
 * of DESIGN section 4 are checked all along and at the end.
 */
final class SessionSim {
    /** Longer than a route is kept. */
    private static final int MOST_REST_NS = 2_100_000_000;

    private static final long SECOND = 1_000_000_000L;
    private static final long LATEST_NS = 1_000_000 * SECOND;
    private static final int EVENTS_SHOWN = 40;
    private static final int[][] INSTANCES = {{0}, {0}, {1}, {0, 1}, {3, 700, 1023}};

    private final long seed;
    private final Random r;
    private final Weather weather;
    private final Variant family;
    private final SimClock clock = new SimClock();
    private final EngineRig rig;
    private final List<Conversation> conversations = new ArrayList<>();
    private final Transcript transcript = new Transcript(EVENTS_SHOWN, 0);
    private final CRC32 packets = new CRC32();
    private final Target to;
    private final int[] instances;
    private FakeTarget target;
    private Outcome outcome;
    private boolean isOutage;
    private boolean isTargetDead;
    private int steps;

    private SessionSim(long seed) {
        this.seed = seed;
        r = new Random(seed * 0x9e3779b97f4a7c15L);
        weather = Weather.of(seed, r);
        family = new Variant("simulation", r.nextBoolean(), 0, 0, 0, 0);
        instances = INSTANCES[r.nextInt(INSTANCES.length)];
        to = new Target(family.hi(200), family.lo(200), 8080);
        rig = new EngineRig(config(), 0);
    }

    private EngineConfig config() {
        EngineConfig d = EngineConfig.defaults();
        return new EngineConfig(
                d.shard(),
                instances,
                d.mtu(),
                d.mtu6(),
                d.mss(),
                d.sessionTimeoutNs(),
                weather.outages() ? d.holdNs() : 60 * SECOND,
                d.joinIdleNs(),
                d.gapNs(),
                d.lingerNs(),
                d.maxLingering(),
                1 + r.nextInt(20),
                d.maxSessions(),
                d.maxSessionBytes(),
                d.poolBytes(),
                d.onlySyn());
    }

    /** Runs a seed with a few conversations; returns a checksum over all packets sent. */
    static long run(long seed) {
        return run(seed, 1 + (int) Math.floorMod(seed * 31, 10L)).packets.getValue();
    }

    private static SessionSim run(long seed, int conversations) {
        SessionSim sim = new SessionSim(seed);
        try {
            sim.prepare(conversations);
            sim.play();
            sim.checkEnd();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\n" + sim.weather + "\n" + sim.transcript.text(), e);
        }
        return sim;
    }

    private void prepare(int count) {
        long startNs = 1_000_000;
        for (int i = 0; i < count; i++) {
            FlowKey key = key(1 + r.nextInt(3), 20_000 + i);
            long atNs = startNs + r.nextInt(200_000_000) + i / 10 * 200_000_000L;
            if (weather.portReuse() && i > 0 && r.nextBoolean()) {
                Conversation before = conversations.get(i - 1);
                key = before.key;
                atNs = before.endNs() + 1_000_000 + r.nextInt(r.nextBoolean() ? 400_000_000 : MOST_REST_NS);
            }
            int iss = (int) (i * (1L << 32) / count) + r.nextInt(1_000);
            Conversation c = ConversationMaker.make(r, i, iss, key, atNs);
            c.captured = new CaptureNoise(r, weather).apply(c.captured);
            conversations.add(c);
        }
        outcome = new Outcome(rig.ledger, count, instances);
        target = new FakeTarget(clock, conversations, weather, r, rig.routes, outcome, this::summarise, this::conflict);
        long fromNs = weather.midStream() ? r.nextInt(400_000_000) : 0;
        for (Conversation c : conversations) {
            c.captured.removeIf(s -> s.timeNs() < fromNs);
            for (Captured s : c.captured) {
                clock.at(s.timeNs(), () -> capture(c, s));
            }
        }
        if (weather.outages()) {
            scheduleOutage();
        }
        if (weather.deadTimes()) {
            scheduleDeadTimes();
        }
    }

    private void scheduleDeadTimes() {
        long fromNs = r.nextInt(500_000_000);
        clock.at(fromNs, () -> isTargetDead = true);
        clock.at(fromNs + r.nextInt(10_000) * 1_000_000L, () -> isTargetDead = false);
        long fullNs = r.nextInt(500_000_000);
        clock.at(fullNs, () -> rig.routes.full(true));
        clock.at(fullNs + r.nextInt(500) * 1_000_000L, () -> rig.routes.full(false));
    }

    private void conflict(RouteBook.Route route) {
        if (route.isLive()) {
            note(() -> "route conflict :" + route.replica.clientPort);
            rig.conflict(route.id);
        }
    }

    private void scheduleOutage() {
        long fromNs = r.nextInt(300_000_000);
        clock.at(fromNs, () -> isOutage = true);
        clock.at(fromNs + r.nextInt(8_000) * 1_000_000L, () -> {
            isOutage = false;
            note(() -> "interceptor returned");
            rig.interceptorReturned();
        });
    }

    private FlowKey key(int host, int port) {
        return new FlowKey().set(family.hi(0), family.lo(host), port, family.hi(0), family.lo(10), 80);
    }

    private void capture(Conversation c, Captured s) {
        byte[] options = new byte[0];
        if ((s.flags() & TcpFlags.SYN) != 0) {
            options = OptionText.encode(c.synOptions);
        } else if (c.usesTimestamps && (s.flags() & TcpFlags.RST) == 0) {
            options = OptionText.encode("nop,nop,TS val " + s.tsVal() + " ecr 77");
        }
        boolean hasAck = (s.flags() & TcpFlags.ACK) != 0;
        int ack = hasAck ? c.onlineIrs + s.ack() : 0;
        Header header = new Header(s.flags(), c.iss + s.seq(), ack, s.window(), 0, options);
        ByteBuffer b = header.segment(c.key, c.index, s.seq(), s.length()).build();
        note(() -> "c" + c.index + " < " + TcpFlags.text(s.flags()) + " " + s.seq() + "(" + s.length() + ") ack "
                + s.ack());
        rig.captured(b, to, c.key.clientHi, c.key.clientLo);
    }

    private void summarise(RouteBook.Route route, Header tcp, int length) {
        int copies = r.nextDouble() < weather.duplicates() ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            boolean isLost = r.nextDouble() < weather.lossBack();
            long delayNs = weather.delayNs() + r.nextLong(weather.jitterNs());
            clock.after(delayNs, () -> {
                if (!isLost && !isOutage) {
                    note(() -> "t  < " + TcpFlags.text(tcp.flags()) + " " + Integer.toUnsignedString(tcp.seq()) + "("
                            + length
                            + ") ack " + relative(tcp.ack()) + " win " + tcp.window() + " :"
                            + route.replica.clientPort);
                    rig.responded(route.id, tcp, length);
                }
            });
        }
    }

    private String relative(int seq) {
        for (Conversation c : conversations) {
            int offset = seq - c.iss;
            if (offset >= 0 && offset <= c.streamEnd() + 2) {
                return "c" + c.index + "+" + offset;
            }
        }
        return Integer.toUnsignedString(seq);
    }

    private void play() {
        while (clock.nextNs() != Long.MAX_VALUE || rig.nextDeadlineNs() != Long.MAX_VALUE) {
            long deadlineNs = rig.nextDeadlineNs();
            long nextNs = Math.min(clock.nextNs(), deadlineNs);
            check(nextNs < LATEST_NS, "the run does not come to its end");
            if (deadlineNs <= clock.nextNs()) {
                clock.advanceTo(deadlineNs);
                rig.advanceTo(Math.max(deadlineNs, rig.nowNs()));
            } else {
                rig.advanceTo(nextNs);
                clock.runNext();
                rig.batchEnd();
            }
            forward();
            check(++steps < 30_000_000, "the run does not come to its end after " + steps + " steps");
        }
    }

    private void forward() {
        while (!rig.sent.isEmpty()) {
            SentPacket p = rig.sent.poll();
            packets.update(p.bytes());
            note(() -> "   > " + TcpFlags.text(p.flags()) + " " + relative(p.seq()) + "(" + p.payloadLength() + ") ack "
                    + Integer.toUnsignedString(p.ack()) + " :" + p.key.clientPort);
            int copies = r.nextDouble() < weather.duplicates() ? 2 : 1;
            for (int i = 0; i < copies; i++) {
                if (r.nextDouble() >= weather.lossForward() && !isTargetDead) {
                    clock.after(weather.delayNs() + r.nextLong(weather.jitterNs()), () -> target.onPacket(p));
                }
            }
        }
    }

    private void checkEnd() {
        check(rig.ledger.value(Gauge.SEGMENTS_HELD) == 0, "segments are still held");
        check(rig.ledger.value(Gauge.BYTES_HELD) == 0, "bytes are still held");
        check(rig.ledger.value(Gauge.SESSIONS) == 0, "sessions are still there");
        check(rig.ledger.value(Gauge.REPLICAS_LINGERING) == 0, "replicas are still lingering");
        check(rig.routes.live() == 0, "routes are still there");
        if (!weather.mustDeliverAll()) {
            return;
        }
        for (Conversation c : conversations) {
            outcome.checkAllTaken(c);
        }
        check(rig.ledger.value(CopierCounter.REPLICAS_REOPENED) == 0, "a replica was opened anew");
    }

    private void note(Supplier<String> event) {
        transcript.note(clock.nowNs(), event);
    }

    /** The seed. */
    @Override
    public String toString() {
        return "seed " + seed;
    }
}
