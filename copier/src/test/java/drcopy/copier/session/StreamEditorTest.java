// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.SegmentBuilder;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A protocol of its own between client, engine and target: docs/SESSION.md rule 11. Sequence numbers count from the ISNs. */
class StreamEditorTest {
    private static final int ISS = 1_000;
    private static final int IRS = 70_000;
    private static final int ONLINE = 500;
    private static final long MS = 1_000_000;

    private final Ledger ledger = new Ledger();
    private final List<String> sent = new ArrayList<>();
    private final SessionEngine engine = new SessionEngine(
            EngineConfig.defaults(),
            ledger,
            new Sink(),
            new Routes(),
            (session, fault) -> {
                throw new AssertionError(fault);
            },
            Toy::new);
    private final SegmentView view = new SegmentView();
    private final TargetResponse response = new TargetResponse();
    private long routeId;
    private long nowNs;
    private int clientNxt = ISS + 1;
    private int targetNxt = IRS + 1;

    /**
     * Waits for HELLO; then "in" goes as "IN-LONG", "cut" goes not at all, "bad" ends it, everything else as it is. To ASK it
     * says ANSWER.
     */
    private static final class Toy implements ProtocolAdapter {
        private boolean isGreeted;

        @Override
        public int payloadWanted() {
            return 100;
        }

        @Override
        public void onConnected() {
            isGreeted = false;
        }

        @Override
        public boolean keepsOrder() {
            return true;
        }

        @Override
        public Verdict onClientBytes(
                ByteBuffer bytes, int at, int length, int end, boolean mayHold, AdapterOutput out) {
            if (!isGreeted) {
                return Verdict.HOLD;
            }
            switch (text(bytes, at, length)) {
                case "in" -> out.put("IN-LONG".getBytes(StandardCharsets.US_ASCII));
                case "cut" -> {}
                case "bad" -> {
                    return Verdict.SKIP;
                }
                default -> {
                    return Verdict.PASS;
                }
            }
            return Verdict.REPLACE;
        }

        @Override
        public boolean onTargetBytes(ByteBuffer bytes, int at, int shown, int length, AdapterOutput out) {
            String text = text(bytes, at, shown);
            isGreeted |= text.equals("HELLO");
            if (text.equals("ASK")) {
                out.put("ANSWER".getBytes(StandardCharsets.US_ASCII));
            }
            return true;
        }

        @Override
        public void onOnlineBytes(ByteBuffer bytes, int at, int length, int ack) {}
    }

    private static String text(ByteBuffer bytes, int at, int length) {
        byte[] copy = new byte[length];
        bytes.get(at, copy);
        return new String(copy, StandardCharsets.US_ASCII);
    }

    private final class Sink implements SegmentSink {
        private final ByteBuffer room = ByteBuffer.allocate(1500);

        @Override
        public ByteBuffer claim() {
            return room;
        }

        @Override
        public void commit(int length) {
            IpPacket packet = new IpPacket();
            packet.wrap(room, 0, length);
            int flags = TcpHeader.flags(room, packet.tcpOffset());
            String payload = text(room, packet.payloadOffset(), packet.payloadLength());
            int seq = TcpHeader.seq(room, packet.tcpOffset()) - ISS;
            String marks = (TcpFlags.any(flags, TcpFlags.RST) ? " RST" : "")
                    + (TcpFlags.any(flags, TcpFlags.FIN) ? " FIN" : "");
            if (!payload.isEmpty() || !marks.isEmpty()) {
                sent.add(seq + " " + payload + marks);
            }
        }
    }

    private final class Routes implements RouteSink {
        @Override
        public boolean add(long id, FlowKey replica, int instanceId) {
            routeId = id;
            return true;
        }

        @Override
        public void remove(long id) {}
    }

    private void client(int flags, String payload) {
        SegmentBuilder segment = SegmentBuilder.segment("198.18.0.1", 4000, "198.18.0.2", 3306)
                .seq(TcpFlags.any(flags, TcpFlags.SYN) ? ISS : clientNxt)
                .payload(payload.getBytes(StandardCharsets.US_ASCII));
        segment = TcpFlags.any(flags, TcpFlags.SYN)
                ? segment.syn()
                : segment.ack(ONLINE).psh();
        segment = TcpFlags.any(flags, TcpFlags.FIN) ? segment.fin() : segment;
        ByteBuffer b = segment.build();
        view.packet.wrap(b, 0, b.remaining());
        view.key.fromClient(view.packet);
        engine.onClientSegment(view, nowNs);
        engine.onBatchEnd(nowNs);
        clientNxt += payload.length();
    }

    private void says(String... words) {
        for (String word : words) {
            client(TcpFlags.ACK, word);
        }
    }

    /** The target sends this, all acknowledged up to {@code ack} of its own count. */
    private void target(int flags, int seq, int ack, String payload) {
        ByteBuffer record = ByteBuffer.allocate(TargetResponse.LENGTH);
        record.putLong(0, routeId).putInt(8, seq).putInt(12, ISS + ack).putInt(16, payload.length());
        record.putShort(20, (short) 60_000).put(22, (byte) flags);
        ByteBuffer shown = ByteBuffer.wrap(payload.getBytes(StandardCharsets.US_ASCII));
        engine.onTargetResponse(response.wrap(record, 0, payload.isEmpty() ? null : shown), nowNs);
        engine.onBatchEnd(nowNs);
    }

    private void answers(int ack, String payload) {
        target(TcpFlags.ACK | TcpFlags.PSH, targetNxt, ack, payload);
        targetNxt += payload.length();
    }

    private List<String> sent() {
        List<String> copy = List.copyOf(sent);
        sent.clear();
        return copy;
    }

    @BeforeEach
    void connect() throws UnknownHostException {
        InetAddress target = InetAddress.getByName("198.18.0.9");
        view.target = new Target(Addresses.hi(target), Addresses.lo(target), 3306);
        InetAddress source = InetAddress.getByName("198.18.0.1");
        view.sourceHi = Addresses.hi(source);
        view.sourceLo = Addresses.lo(source);
        client(TcpFlags.SYN, "");
        target(TcpFlags.SYN | TcpFlags.ACK, IRS, 1, "");
    }

    @AfterEach
    void booksBalance() {
        assertThat(ledger.imbalance()).isZero();
        long dropped = 0;
        for (DropReason reason : DropReason.values()) {
            dropped += ledger.droppedBytes(reason);
        }
        assertThat(ledger.value(CopierCounter.BYTES_CAPTURED) + ledger.value(CopierCounter.BYTES_INSERTED))
                .isEqualTo(ledger.value(CopierCounter.BYTES_DELIVERED)
                        + ledger.value(Ledger.Gauge.BYTES_HELD)
                        + dropped
                        + ledger.value(CopierCounter.BYTES_REPLACED));
    }

    @Test
    void bytesWaitForTheTargetsWord() {
        says("in");
        assertThat(sent()).isEmpty();

        answers(1, "HELLO");
        assertThat(sent()).containsExactly("1 IN-LONG");
    }

    @Test
    void whatFollowsAReplacementMovesBehindIt() {
        answers(1, "HELLO");
        says("in", "next");
        assertThat(sent()).containsExactly("1 IN-LONG", "8 next");

        answers(8, "");
        assertThat(ledger.value(Ledger.Gauge.SEGMENTS_HELD)).as("next").isEqualTo(1);
        answers(12, "");
        assertThat(ledger.value(Ledger.Gauge.SEGMENTS_HELD)).isZero();
        assertThat(ledger.value(CopierCounter.SEGMENTS_DELIVERED))
                .as("with the SYN")
                .isEqualTo(3);
    }

    @Test
    void whatIsSentAgainIsTheSame() {
        answers(1, "HELLO");
        says("in", "next");
        sent();

        nowNs += 1_500 * MS;
        engine.onTick(nowNs, 10);
        assertThat(sent()).as("probe for a lost tail").containsExactly("1 IN-LONG");
        nowNs += 1_500 * MS;
        engine.onTick(nowNs, 10);
        assertThat(sent()).as("retransmission").containsExactly("1 IN-LONG");
        answers(8, "");
        assertThat(sent()).containsExactly("8 next");
    }

    @Test
    void acknowledgmentOfInsertedBytesDeliversNothingThatWaits() {
        says("in");
        answers(1, "ASK");
        assertThat(sent()).containsExactly("1 ANSWER");

        answers(7, "");
        assertThat(ledger.value(CopierCounter.SEGMENTS_DELIVERED)).as("the SYN").isEqualTo(1);
        answers(7, "HELLO");
        assertThat(sent()).containsExactly("7 IN-LONG");
    }

    @Test
    void insertedBytesGoBehindWhatWasReleased() {
        answers(1, "HELLO");
        says("abc");
        answers(4, "ASK");
        says("def");

        assertThat(sent()).containsExactly("1 abc", "4 ANSWER", "10 def");
    }

    @Test
    void whatIsCutLeavesNoHole() {
        answers(1, "HELLO");
        says("abc", "cut", "def");
        client(TcpFlags.ACK | TcpFlags.FIN, "");

        assertThat(sent()).containsExactly("1 abc", "4 def", "7  FIN");
        assertThat(ledger.droppedSegments(DropReason.NOT_MIRRORED)).isEqualTo(1);
        target(TcpFlags.ACK | TcpFlags.FIN, targetNxt, 8, "");
        assertThat(ledger.value(CopierCounter.REPLICAS_CLOSED)).isEqualTo(1);
    }

    @Test
    void finOnAReplacedSegmentStaysOnIt() {
        answers(1, "HELLO");
        client(TcpFlags.ACK | TcpFlags.FIN, "in");

        assertThat(sent()).containsExactly("1 IN-LONG FIN");
    }

    @Test
    void skippedSessionIsResetAndPlayedNoMore() {
        answers(1, "HELLO");
        says("abc", "bad", "def");

        assertThat(sent()).containsExactly("1 abc", "4  RST");
        assertThat(ledger.droppedSegments(DropReason.NOT_MIRRORED)).isEqualTo(3);
    }

    @Test
    void targetsBytesAreTakenInOrder() {
        says("in");
        target(TcpFlags.ACK, targetNxt + 3, 1, "LOST");
        answers(1, "xyz");
        assertThat(sent()).isEmpty();
        answers(1, "HELLO");

        assertThat(sent()).containsExactly("1 IN-LONG");
    }

    @Test
    void bytesThatWaitTooLongEndTheSession() {
        says("in");
        for (int i = 0; i < 3; i++) {
            nowNs += StreamEditor.WAIT_NS;
            engine.onTick(nowNs, 10);
        }

        assertThat(ledger.droppedSegments(DropReason.NOT_MIRRORED)).isEqualTo(1);
        assertThat(sent()).containsExactly("1  RST");
    }
}
