// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import static drcopy.copier.offline.TestCapture.client;
import static drcopy.copier.offline.TestCapture.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import drcopy.copier.config.ReplayPlan;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.EngineConfig;
import drcopy.netio.BadCaptureFileException;
import drcopy.netio.PacketHandler;
import drcopy.wire.Fragments;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
    private static final long MS = 1_000_000;

    @TempDir
    private Path folder;

    private final Ledger ledger = new Ledger();
    private final Sequences seen = new Sequences();
    private TestCapture capture;
    private long nowNs = 77;
    private int ended;
    private boolean isFinished;

    @BeforeEach
    void create() {
        capture = new TestCapture(folder.resolve("capture.pcap"));
    }

    private Replay open(ReplayPlan plan) {
        return new Replay(
                plan,
                TestCapture.TRANSFERS,
                EngineConfig.defaults(),
                ledger,
                () -> nowNs,
                () -> ended++,
                () -> isFinished = true);
    }

    private Replay open(double speed, long skipMs, int repetitions) {
        return open(plan(capture.written(), speed, skipMs, repetitions));
    }

    /** What is handed over now. */
    private List<Long> next(Replay replay) {
        seen.numbers.clear();
        while (replay.poll(seen, 10) > 0) {
            assertThat(seen.numbers).hasSizeLessThan(1_000);
        }
        return List.copyOf(seen.numbers);
    }

    @Test
    void fragmentsComeAsOnePacketAndWhatIsMissingIsBooked() {
        ByteBuffer request =
                client(1).psh().seq(1_001).ack(9_001).payload(3_000).build();
        Fragments.of(request, 1_400, 7).forEach(capture::add);
        Fragments.of(request, 1_400, 8).subList(1, 3).forEach(capture::add);
        capture.add(client(1).psh().seq(4_001).ack(9_101).payload(10));

        assertThat(next(open(1, 0, 1))).containsExactly(1_001L, 4_001L);
        assertThat(ledger.droppedSegments(DropReason.FRAGMENT)).isOne();
        assertThat(ledger.imbalance()).isZero();
    }

    @Test
    void packetsComeWhenTheyAreDue() {
        capture.add(client(1).seq(1))
                .after(20)
                .add(client(1).seq(2))
                .after(10)
                .add(client(1).seq(3));
        Replay replay = open(2, 0, 1);

        assertThat(next(replay)).containsExactly(1L);
        assertThat(replay.untilNextNs()).isEqualTo(10 * MS);
        nowNs += 10 * MS - 1;
        assertThat(next(replay)).isEmpty();
        nowNs += 1;
        assertThat(next(replay)).containsExactly(2L);
        nowNs += 5 * MS;
        assertThat(next(replay)).containsExactly(3L);
        assertThat(replay.progress()).isEqualTo(1);
    }

    @Test
    void whatWasDamagedOnTheWayIsHandedOverAsSuchInEveryRepetition() {
        capture.add(client(1).seq(1)).damaged(client(1).seq(2)).add(client(1).seq(3));
        Replay replay = open(1, 0, 2);
        List<Long> unverified = new ArrayList<>();
        PacketHandler handler = new PacketHandler() {
            @Override
            public void onPacket(ByteBuffer buffer, int offset, int captured, int wire, long timestampNs) {
                seen.onPacket(buffer, offset, captured, wire, timestampNs);
            }

            @Override
            public void onUnverified(ByteBuffer buffer, int offset, int captured, int wire, long timestampNs) {
                unverified.add(Integer.toUnsignedLong(TcpHeader.seq(buffer, offset + 20)));
            }
        };

        while (!isFinished) {
            replay.poll(handler, 10);
        }

        assertThat(seen.numbers).containsExactly(1L, 3L, 1L + (1 << 30), 3L + (1 << 30));
        assertThat(unverified).containsExactly(2L, 2L);
    }

    @Test
    void onlyPacketsOfTransfersCountForGaps() {
        capture.add(client(1).seq(1)).after(60);
        capture.add(drcopy.wire.SegmentBuilder.segment("198.18.0.10", 80, "198.18.8.1", 1)
                .seq(9));
        capture.after(60).add(client(1).seq(2));
        Replay replay = open(1, 100, 1);

        assertThat(next(replay)).containsExactly(1L, 2L);
        assertThat(replay.facts().remarks())
                .containsExactly("played 0.12 s of capture in 0.00 s, without gaps of 0.12 s (--interval)");
    }

    @Test
    void waitsForSessionsThatHoldTooMuchAndTheClockOfTheCaptureWithIt() {
        capture.add(client(1).seq(1))
                .add(client(1).seq(2))
                .after(10)
                .add(client(1).seq(3));
        long most = EngineConfig.defaults().poolBytes() / 8;
        Replay replay = open(1, 0, 1);
        ledger.move(Ledger.Gauge.BYTES_HELD, most + 1);

        assertThat(next(replay)).isEmpty();
        ledger.move(Ledger.Gauge.BYTES_HELD, -most / 4);
        nowNs += 500 * MS;
        assertThat(next(replay)).as("at half of the limit, not just below it").isEmpty();
        ledger.move(Ledger.Gauge.BYTES_HELD, -most / 2);

        assertThat(next(replay)).containsExactly(1L, 2L);
        assertThat(replay.untilNextNs()).isEqualTo(10 * MS);
        assertThat(ledger.value(CopierCounter.REPLAY_PAUSES)).isEqualTo(1);
    }

    @Test
    void idleSessionsAreNotWaitedFor() {
        capture.add(client(1).seq(1));
        ledger.move(Ledger.Gauge.SESSIONS, 2_000_000);

        assertThat(next(open(1, 0, 1))).containsExactly(1L);
    }

    @Test
    void endsWithTheLastSession() {
        capture.session(1);
        ledger.move(Ledger.Gauge.SESSIONS, 1);
        Replay replay = open(1, 0, 1);
        next(replay);
        next(replay);
        assertThat(isFinished).isFalse();

        ledger.move(Ledger.Gauge.SESSIONS, -1);
        next(replay);

        assertThat(isFinished).isTrue();
        assertThat(replay.untilNextNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void sessionsThatStayOpenEndTheReplayWhenTheirTargetIsSilent() {
        capture.session(1);
        ledger.move(Ledger.Gauge.SESSIONS, 1);
        ledger.move(Ledger.Gauge.SEGMENTS_HELD, 1);
        Replay replay = open(1, 0, 1);
        next(replay);
        nowNs += 20_000 * MS;
        next(replay);
        assertThat(isFinished).as("something is still held").isFalse();

        ledger.move(Ledger.Gauge.SEGMENTS_HELD, -1);
        ledger.count(CopierCounter.SEGMENTS_DELIVERED);
        next(replay);
        assertThat(isFinished).as("the answer may still come").isFalse();
        nowNs += 5_000 * MS;
        next(replay);

        assertThat(isFinished).isTrue();
    }

    @Test
    void neverWaitsLongerThanTheSessionTimeout() {
        capture.session(1);
        ledger.move(Ledger.Gauge.SESSIONS, 1);
        ledger.move(Ledger.Gauge.SEGMENTS_HELD, 1);
        Replay replay = open(1, 0, 1);
        next(replay);
        nowNs += 120_000 * MS;
        next(replay);

        assertThat(isFinished).isTrue();
    }

    @Test
    void repetitionsAreNewSessions() {
        capture.add(client(1).syn().seq(-5).timestamps(100, 0))
                .after(50)
                .add(client(1).seq(-4));
        Replay replay = open(1, 0, 3);

        assertThat(next(replay)).containsExactly(0xfffffffbL);
        nowNs += 50 * MS;
        assertThat(next(replay)).containsExactly(0xfffffffcL, 0x3ffffffbL);
        assertThat(seen.timestamps).containsExactly(100L, 0x40000064L);
        assertThat(ended).as("what was left of the first was ended").isEqualTo(1);
        nowNs += 50 * MS;
        assertThat(next(replay)).containsExactly(0x3ffffffcL, 0x7ffffffbL);
        nowNs += 50 * MS;
        next(replay);

        assertThat(ended).isEqualTo(2);
        assertThat(isFinished).isTrue();
    }

    @Test
    void saysWhereConnectionsGoWhenNoneIsWanted() {
        capture.add(drcopy.wire.SegmentBuilder.segment("198.18.8.1", 7, "198.18.0.10", 8080)
                .syn());
        Replay replay = open(1, 0, 5);
        next(replay);
        next(replay);

        assertThat(isFinished).isTrue();
        assertThat(replay.facts().mismatch())
                .endsWith(
                        "capture.pcap goes to an online side of --transfer: its connections go to 198.18.0.10:8080 (1)");
    }

    @Test
    void playsACutFileUpToTheCutAndSaysSo() throws IOException {
        Path path = capture.session(1).written();
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(bytes, bytes.length - 10));
        Replay replay = open(plan(path, 1, 0, 1));

        assertThat(next(replay)).containsExactly(1_000L, 1_001L, 1_001L);
        assertThat(replay.facts().remarks().get(0)).contains("was replayed up to where it breaks off inside a packet");
    }

    @Test
    void refusesWhatIsNoCapture() throws IOException {
        Path garbage = Files.writeString(folder.resolve("garbage"), "no capture at all");

        assertThatThrownBy(() -> open(plan(garbage, 1, 0, 1)))
                .isInstanceOf(BadCaptureFileException.class)
                .hasMessageEndingWith("garbage' is neither pcap nor pcapng");
    }

    /** Sequence numbers, unsigned. */
    private static final class Sequences implements PacketHandler {
        final List<Long> numbers = new ArrayList<>();
        final List<Long> timestamps = new ArrayList<>();
        private final IpPacket packet = new IpPacket();

        @Override
        public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
            assertThat(packet.wrap(buffer, offset, capturedLength)).isEqualTo(PacketDefect.NONE);
            numbers.add(TcpHeader.seq(buffer, packet.tcpOffset()) & 0xffffffffL);
            int at = TcpOptions.timestamps(buffer, packet.tcpOffset());
            if (at >= 0) {
                timestamps.add(buffer.getInt(at + 2) & 0xffffffffL);
            }
        }
    }
}
