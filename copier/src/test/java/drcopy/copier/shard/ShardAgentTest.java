// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

import static drcopy.wire.PacketAssert.assertThatPacket;
import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.capture.CaptureStage;
import drcopy.copier.capture.Sample;
import drcopy.copier.config.ClientAddresses;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.copier.datagram.DatagramReplicator;
import drcopy.copier.egress.EngineSink;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.route.RouteRing;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.SessionEngine;
import drcopy.copier.session.TargetResponse;
import drcopy.netio.Moderation;
import drcopy.netio.PacketHandler;
import drcopy.netio.PacketSink;
import drcopy.netio.PacketSource;
import drcopy.wire.SegmentBuilder;
import drcopy.wire.TcpFlags;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ShardAgentTest {
    private static final String CLIENT = "198.18.8.1";
    private static final String ONLINE = "198.18.0.10";

    private final Source source = new Source();
    private final Sink sink = new Sink();
    private final Ledger ledger = new Ledger();
    private final RouteRing routes = new RouteRing(64);
    private final ShardInbox inbox = new ShardInbox(() -> {});
    private final List<String> order = new ArrayList<>();
    private final List<Long> waits = new ArrayList<>();
    private final List<Long> rests = new ArrayList<>();
    private long nowNs = 1_000_000_000L;
    private long routeId;
    private ShardAgent shard = shard(sink);

    private ShardAgent shard(PacketSink to) {
        SessionEngine engine = new SessionEngine(EngineConfig.defaults(), ledger, new EngineSink(to), routes);
        Transfers transfers = new Transfers(List.of(Transfer.parse("80-198.18.1.200:80")));
        ShardParts parts = new ShardParts(
                source,
                inbox,
                to,
                new DatagramReplicator(1500, ledger, new EngineSink(to), 0),
                routes,
                () -> order.add("routes"),
                ledger,
                () -> nowNs,
                new FakeSleeper(),
                () -> order.add("housekeeping"));
        return new ShardAgent(
                engine,
                parts,
                handler -> new CaptureStage(
                        transfers,
                        ClientAddresses.none(),
                        ClientAddresses.none(),
                        new Sample(100, Duration.ZERO),
                        ledger,
                        handler));
    }

    /** Captured packets that wait. */
    private static final class Source implements PacketSource {
        private final Queue<ByteBuffer> waiting = new ArrayDeque<>();

        @Override
        public int poll(PacketHandler handler, int limit) {
            int done = 0;
            while (done < limit && !waiting.isEmpty()) {
                ByteBuffer packet = waiting.remove();
                handler.onPacket(packet, packet.position(), packet.remaining(), packet.remaining(), 0);
                done++;
            }
            return done;
        }

        @Override
        public int fileDescriptor() {
            return -1;
        }

        @Override
        public long kernelDrops() {
            return 0;
        }

        @Override
        public void close() {}
    }

    /** What left for the target. */
    private class Sink implements PacketSink {
        private final List<ByteBuffer> sent = new ArrayList<>();
        private final List<ByteBuffer> batch = new ArrayList<>();
        private ByteBuffer room = ByteBuffer.allocate(2048);

        @Override
        public ByteBuffer claim() {
            return room;
        }

        @Override
        public void commit(int length) {
            batch.add(room.position(0).limit(length).slice());
            room = ByteBuffer.allocate(2048);
        }

        @Override
        public void flush() {
            if (!batch.isEmpty()) {
                order.add("packets");
            }
            sent.addAll(batch);
            batch.clear();
        }

        @Override
        public void close() {}
    }

    private class FakeSleeper implements Sleeper {
        @Override
        public void await(long timeoutNs) {
            if (timeoutNs > 0) {
                waits.add(timeoutNs);
                nowNs += timeoutNs;
                shard.stop();
            }
        }

        @Override
        public void rest(long ns) {
            rests.add(ns);
            nowNs += ns;
        }
    }

    private void capture(SegmentBuilder segment) {
        source.waiting.add(segment.build());
    }

    private SegmentBuilder fromClient() {
        return SegmentBuilder.segment(CLIENT, 4321, ONLINE, 80);
    }

    private void respond(int seq, int ack, int flags, int payload) {
        ByteBuffer record = ByteBuffer.allocate(TargetResponse.LENGTH);
        record.putLong(0, routeId).putInt(8, seq).putInt(12, ack).putInt(16, payload);
        record.putShort(20, (short) 64_240).put(22, (byte) flags);
        inbox.onResponses(record);
    }

    private void cycle() {
        nowNs += 1_000_000;
        shard.doWork();
        routes.drain(
                new RouteRing.Reader() {
                    @Override
                    public void onAdd(ByteBuffer records, int at) {
                        routeId = records.getLong(at);
                    }

                    @Override
                    public void onRemove(long id) {}
                },
                9);
    }

    private void open() {
        capture(fromClient().syn().seq(1000).mss(1460));
        cycle();
        respond(5000, 1001, TcpFlags.SYN | TcpFlags.ACK, 0);
        cycle();
        sink.sent.clear();
        order.clear();
    }

    @Test
    void withMuchToDoItRestsBetweenTwoCycles() {
        open();
        capture(fromClient().ack(1).seq(1001).payload("request"));
        shard.run();
        assertThat(sink.sent).isNotEmpty();
        assertThat(rests).containsExactly(Moderation.REST_NS);
    }

    @Test
    void whileItClearsItDoesNotRest() {
        for (int i = 0; i < 200; i++) {
            capture(fromClient().from(CLIENT, 2000 + i).syn().seq(1000).mss(1460));
        }
        cycle();
        capture(fromClient().syn().seq(1000).mss(1460));
        shard.pause(true);
        shard.run();
        assertThat(waits).hasSize(1);
        assertThat(rests).isEmpty();
    }

    @Test
    void aPacketThatComesAloneIsFollowedByNoRest() {
        open();
        nowNs += 1_000_000_000L;
        capture(fromClient().ack(1).seq(1001).payload("request"));
        shard.run();
        assertThat(sink.sent).isNotEmpty();
        assertThat(rests).isEmpty();
    }

    @Test
    void pausedItResetsItsReplicasAndTakesNothingUpUntilResumed() {
        open();
        shard.pause(true);
        cycle();
        assertThat(sink.sent).hasSize(1);
        assertThatPacket(sink.sent.get(0)).hasFlags("R.");
        sink.sent.clear();

        capture(fromClient().syn().seq(2000).mss(1460));
        cycle();
        assertThat(sink.sent).isEmpty();

        shard.pause(false);
        capture(fromClient().syn().seq(3000).mss(1460));
        cycle();
        assertThatPacket(sink.sent.get(0)).hasFlags("S").hasSeq(3000);
        sink.sent.clear();

        shard.pause(true);
        cycle();
        assertThat(ledger.value(Ledger.Gauge.SESSIONS)).isZero();
    }

    @Test
    void announcesTheRouteBeforeTheSynLeaves() {
        capture(fromClient().syn().seq(1000).mss(1460));
        cycle();

        assertThat(order).startsWith("routes", "packets");
        assertThatPacket(sink.sent.get(0))
                .isTo("198.18.1.200", 80)
                .hasFlags("S")
                .hasSeq(1000);
    }

    @Test
    void takesResponsesBeforePackets() {
        capture(fromClient().syn().seq(1000).mss(1460));
        cycle();
        sink.sent.clear();
        capture(fromClient().psh().seq(1001).ack(9001).payload("GET /"));
        respond(5000, 1001, TcpFlags.SYN | TcpFlags.ACK, 0);
        cycle();

        assertThatPacket(sink.sent.get(sink.sent.size() - 1))
                .hasSeq(1001)
                .hasPayload("GET /".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void answersAResponseWithTheNextRequestInTheSameCycle() {
        open();
        capture(fromClient().psh().seq(1001).ack(9001).payload("first"));
        capture(fromClient().psh().seq(1006).ack(9101).payload("second"));
        cycle();
        assertThat(sink.sent).hasSize(1);
        sink.sent.clear();

        respond(5001, 1006, TcpFlags.PSH | TcpFlags.ACK, 100);
        cycle();

        assertThat(sink.sent).hasSize(1);
        assertThatPacket(sink.sent.get(0)).hasSeq(1006).hasAck(5101);
    }

    @Test
    void acknowledgesABatchOnce() {
        open();
        capture(fromClient().psh().seq(1001).ack(9001).payload("first"));
        cycle();
        sink.sent.clear();

        respond(5001, 1006, TcpFlags.ACK, 1000);
        respond(6001, 1006, TcpFlags.ACK, 1000);
        respond(7001, 1006, TcpFlags.ACK, 1000);
        cycle();

        assertThat(sink.sent).hasSize(1);
        assertThatPacket(sink.sent.get(0)).hasFlags(".").hasAck(8001);
    }

    @Test
    void sleepsUntilTheEnginesDeadlineAndResetsWhatLivesWhenStopped() {
        open();
        capture(fromClient().psh().seq(1001).ack(9001).payload("first"));
        shard.run();

        assertThat(waits).hasSize(1);
        assertThat(waits.get(0)).isBetween(1L, 1_000_000_000L);
        assertThatPacket(sink.sent.get(sink.sent.size() - 1)).hasFlags("R.");
        assertThat(ledger.droppedSegments(DropReason.SHUTDOWN)).isOne();
        assertThat(ledger.imbalance()).isZero();
    }

    @Test
    void goesOnAfterAFaultOfTheSender() {
        PacketSink broken = new Sink() {
            @Override
            public ByteBuffer claim() {
                throw new IllegalStateException("broken on purpose");
            }
        };
        shard = shard(broken);
        capture(fromClient().syn().seq(1000).mss(1460));
        cycle();
        capture(SegmentBuilder.segment(CLIENT, 4322, ONLINE, 80).syn().seq(1000).mss(1460));
        cycle();

        assertThat(ledger.value(CopierCounter.INTERNAL_ERRORS)).isPositive();
        assertThat(ledger.value(CopierCounter.PACKETS_CAPTURED)).isEqualTo(2);
        assertThat(ledger.imbalance()).isZero();
    }

    @Test
    void keepsHouseOnceASecond() {
        shard.doWork();
        order.clear();
        for (int i = 0; i < 3_000; i++) {
            cycle();
        }

        assertThat(order).filteredOn("housekeeping"::equals).hasSizeBetween(2, 3);
    }
}
