// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import drcopy.wire.SegmentBuilder;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two hosts on one link: raw packets from one, captured by the other. */
@Tag("lab")
class CaptureAndSendLabTest {
    private static final String FILTER = "tcp dst port 8080";

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private NetNs sender;
    private NetNs receiver;

    @BeforeEach
    void connect() {
        sender = new NetNs("nio-snd");
        receiver = new NetNs("nio-rcv");
        NetNs.link(sender, "eth0", receiver, "eth0");
        sender.sh("ip addr add 198.18.5.1/24 dev eth0; ip addr add 2001:db8:5::1/64 dev eth0 nodad");
        receiver.sh("ip addr add 198.18.5.2/24 dev eth0; ip addr add 2001:db8:5::2/64 dev eth0 nodad");
        receiver.sh("ip route add 198.19.0.0/16 via 198.18.5.1; ip -6 route add 2001:db8:99::/64 via 2001:db8:5::1");
    }

    @AfterEach
    void disconnect() {
        sender.close();
        receiver.close();
    }

    private void send(String source, String destination, int count, int payload) {
        sender.call(() -> {
            try (RawIpSink sink = new RawIpSink(1500, 0)) {
                for (int i = 0; i < count; i++) {
                    sink.commit(TestPackets.write(
                            sink.claim(), source, 40000, destination, 8080, i, TestPackets.SYN, payload));
                }
                sink.flush();
                assertThat(sink.errors().byName()).isEmpty();
                assertThat(sink.sent()).isEqualTo(count);
            }
            return null;
        });
    }

    private AfPacketSource capture(NetNs host, CaptureOptions options) {
        return host.call(() -> new AfPacketSource(options));
    }

    @ParameterizedTest
    @EnumSource(CaptureOptions.Mode.class)
    void seesForeignSourcesOfBothFamilies(CaptureOptions.Mode mode) {
        CaptureOptions options = CaptureOptions.incoming(List.of("any"), FILTER).withMode(mode);
        try (AfPacketSource source = capture(receiver, options)) {
            Captured seen = new Captured();

            send("198.19.7.7", "198.18.5.2", 1, 3);
            send("2001:db8:99::7", "2001:db8:5::2", 1, 5);

            assertThat(seen.pollUntil(source, () -> seen.lines.size() >= 2)).isTrue();
            assertThat(seen.lines)
                    .containsExactlyInAnyOrder(
                            "198.19.7.7:40000 > 198.18.5.2:8080 2 3",
                            "[2001:db8:99::7]:40000 > [2001:db8:5::2]:8080 2 5");
            long ageNs = System.currentTimeMillis() * 1_000_000L - seen.lastTimestampNs;
            assertThat(ageNs).isBetween(-1_000_000_000L, 60_000_000_000L);
            assertThat(source.kernelDrops()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(CaptureOptions.Mode.class)
    void handsOverEveryPacketInOrderAcrossManyLapsOfTheRing(CaptureOptions.Mode mode) {
        CaptureOptions options = CaptureOptions.incoming(List.of("eth0"), "ip and " + FILTER)
                .withMode(mode)
                .withBufferMiB(mode == CaptureOptions.Mode.RING_V2 ? 1 : 16)
                .withSnaplen(128);
        try (AfPacketSource source = capture(receiver, options)) {
            int[] expected = {0};
            PacketHandler inOrder = (buffer, offset, captured, wire, ns) -> {
                assertThat(buffer.getInt(offset + 24)).isEqualTo(expected[0] % 500);
                assertThat(captured).isEqualTo(128);
                assertThat(wire).isEqualTo(440);
                expected[0]++;
            };

            for (int round = 0; round < 60; round++) {
                send("198.19.7.7", "198.18.5.2", 500, 400);
                Captured waiter = new Captured();
                int goal = (round + 1) * 500;
                assertThat(waiter.pollUntil(limited(source, inOrder), () -> expected[0] >= goal))
                        .isTrue();
            }

            assertThat(expected[0]).isEqualTo(30_000);
            assertThat(source.kernelDrops()).isZero();
        }
    }

    /** The source, giving its packets to another handler, a few at a time, so that blocks are left half-read. */
    private static PacketSource limited(AfPacketSource source, PacketHandler handler) {
        return new PacketSource() {
            @Override
            public int poll(PacketHandler ignored, int limit) {
                int done = source.poll(handler, 7);
                assertThat(done).isLessThanOrEqualTo(7);
                return done;
            }

            @Override
            public int fileDescriptor() {
                return source.fileDescriptor();
            }

            @Override
            public long kernelDrops() {
                return source.kernelDrops();
            }

            @Override
            public void close() {}
        };
    }

    /** A trickle uses up a block with every timeout: what half of the copier's buffer bears, one ring of two. */
    @Test
    void aReaderThatPausesForSecondsMissesNothingOfATrickle() {
        CaptureOptions options =
                CaptureOptions.incoming(List.of("eth0"), "ip and " + FILTER).withBufferMiB(32);
        try (AfPacketSource source = capture(receiver, options)) {
            int sent = 0;
            long start = System.nanoTime();
            try (Poller pause = new Poller()) {
                while (System.nanoTime() - start < 2_500_000_000L) {
                    send("198.19.7.7", "198.18.5.2", 1, 0);
                    sent++;
                    pause.await(2_000_000);
                }
            }

            Captured seen = new Captured();
            seen.pollUntilQuiet(source, 50);

            assertThat(source.kernelDrops()).isZero();
            assertThat(seen.lines).hasSize(sent);
        }
    }

    @Test
    void countsWhatDidNotFitTheRing() {
        CaptureOptions options = CaptureOptions.incoming(List.of("eth0"), "ip and " + FILTER)
                .withMode(CaptureOptions.Mode.RING_V2)
                .withBufferMiB(1)
                .withSnaplen(128);
        try (AfPacketSource source = capture(receiver, options)) {
            send("198.19.7.7", "198.18.5.2", 5000, 0);

            Captured seen = new Captured();
            seen.pollUntilQuiet(source, 50);

            assertThat(seen.lines).hasSize(4096);
            assertThat(source.kernelDrops()).isEqualTo(904);
        }
    }

    @Test
    void kernelOfTheReceiverAnswersToTheForeignSource() {
        try (AfPacketSource source =
                capture(sender, CaptureOptions.incoming(List.of("eth0"), "src port 8080 and dst port 40000"))) {
            Captured seen = new Captured();
            sender.sh("sysctl -qw net.ipv4.ip_forward=0");

            send("198.19.7.7", "198.18.5.2", 1, 0);
            send("2001:db8:99::7", "2001:db8:5::2", 1, 0);

            assertThat(seen.pollUntil(source, () -> seen.lines.size() >= 2)).isTrue();
            assertThat(seen.lines)
                    .containsExactlyInAnyOrder(
                            "198.18.5.2:8080 > 198.19.7.7:40000 14 0",
                            "[2001:db8:5::2]:8080 > [2001:db8:99::7]:40000 14 0");
        }
    }

    @ParameterizedTest
    @EnumSource(CaptureOptions.Mode.class)
    void superPacketsOfReceiveOffloadArriveWhole(CaptureOptions.Mode mode) throws Exception {
        CaptureOptions options =
                CaptureOptions.incoming(List.of("eth0"), FILTER).withMode(mode).withBufferMiB(32);
        Process server = receiver.start("python3", "-c", PYTHON_SINK);
        try (AfPacketSource source = capture(receiver, options)) {
            Captured seen = new Captured();
            assertThat(server.getInputStream().read()).isEqualTo('r');

            sender.sh(
                    "python3 -c \"import socket; s=socket.create_connection(('198.18.5.2',8080)); s.sendall(b'x'*1000000); s.close()\"");

            assertThat(seen.pollUntil(source, () -> seen.payloadBytes >= 1_000_000))
                    .isTrue();
            assertThat(seen.payloadBytes).isEqualTo(1_000_000);
            assertThat(seen.wireLengths).anyMatch(length -> length > 20_000);
            assertThat(seen.capturedLengths).isEqualTo(seen.wireLengths);
            assertThat(seen.lines).doesNotContain("TRUNCATED");
        } finally {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
    }

    private static final String PYTHON_SINK =
            """
            import socket, sys
            s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(('', 8080)); s.listen(5); sys.stdout.write('r'); sys.stdout.flush()
            c, _ = s.accept()
            while c.recv(65536): pass
            """;

    @Test
    void seesEachPacketOfTheLoopbackOnce() {
        try (AfPacketSource source = capture(sender, CaptureOptions.incoming(List.of("any"), FILTER))) {
            Captured seen = new Captured();

            send("198.19.7.7", "198.18.5.1", 10, 0);
            send("198.19.7.7", "198.18.5.2", 10, 0);
            seen.pollUntilQuiet(source, 50);

            assertThat(seen.lines).hasSize(10).containsOnly("198.19.7.7:40000 > 198.18.5.1:8080 2 0");
        }
    }

    @Test
    void listedDevicesOnlyAreCaptured() {
        try (AfPacketSource source = capture(sender, CaptureOptions.incoming(List.of("lo", "eth0"), FILTER));
                AfPacketSource wrong = capture(sender, CaptureOptions.incoming(List.of("eth0"), FILTER))) {
            Captured seen = new Captured();
            Captured seenWrong = new Captured();

            send("198.19.7.7", "198.18.5.1", 10, 0);
            seen.pollUntilQuiet(source, 50);
            seenWrong.pollUntilQuiet(wrong, 20);

            assertThat(seen.lines).hasSize(10);
            assertThat(seenWrong.lines).isEmpty();
        }
    }

    @Test
    void outgoingCaptureSeesWhatTheHostSendsAndNothingElse() {
        try (AfPacketSource source = capture(sender, CaptureOptions.outgoing("eth0", "tcp"))) {
            Captured seen = new Captured();

            send("198.19.7.7", "198.18.5.2", 3, 900);
            send("2001:db8:99::7", "2001:db8:5::2", 1, 0);
            seen.pollUntilQuiet(source, 50);

            assertThat(seen.lines)
                    .hasSize(4)
                    .allMatch(line -> line.endsWith(":8080 2 900") || line.endsWith(":8080 2 0"));
            assertThat(seen.wireLengths).contains(940);
        }
    }

    @Test
    void fanOutSharesFlowsAmongRingsWithoutDuplicates() {
        CaptureOptions options = CaptureOptions.incoming(List.of("any"), "ip and " + FILTER);
        List<AfPacketSource> shares = receiver.call(() -> AfPacketSource.share(options, 2));
        try (AfPacketSource one = shares.get(0);
                AfPacketSource two = shares.get(1)) {
            Captured seenOne = new Captured();
            Captured seenTwo = new Captured();

            for (int client = 1; client <= 50; client++) {
                send("198.19.7." + client, "198.18.5.2", 4, 0);
            }
            seenOne.pollUntilQuiet(one, 50);
            seenTwo.pollUntilQuiet(two, 50);

            assertThat(seenOne.lines.size() + seenTwo.lines.size()).isEqualTo(200);
            assertThat(seenOne.lines).isNotEmpty().doesNotContainAnyElementsOf(seenTwo.lines);
            assertThat(seenTwo.lines).isNotEmpty();
        }
    }

    @Test
    void capturesAgainFromADeviceThatWasMadeAnew() {
        sender.sh("ip link add cap0 type ifb && ip link set cap0 up");
        try (AfPacketSource source = capture(sender, CaptureOptions.outgoing("cap0", "tcp"))) {
            Captured seen = new Captured();
            sender.sh(
                    "ip link del cap0; ip link add cap0 type ifb; ip link set cap0 up; ip route add 198.18.77.0/24 dev cap0");

            assertThat(sender.call(source::reattach)).isTrue();
            send("198.19.7.7", "198.18.77.1", 5, 0);
            seen.pollUntilQuiet(source, 50);

            assertThat(seen.lines).hasSize(5);
        }
    }

    @ParameterizedTest
    @EnumSource(CaptureOptions.Mode.class)
    void sendingWaitingAndReadingAllocateNothing(CaptureOptions.Mode mode) {
        CaptureOptions options = CaptureOptions.incoming(List.of("any"), FILTER).withMode(mode);
        SegmentBuilder segment =
                SegmentBuilder.segment("198.19.7.7", 1, "198.18.5.2", 8080).flags(TestPackets.ACK);
        long[] seen = {0};
        PacketHandler handler =
                (buffer, offset, captured, wire, ns) -> seen[0] += buffer.getInt(offset + 12) == 0 ? 0 : 1;
        try (AfPacketSource source = capture(receiver, options);
                RawIpSink sink = sender.call(() -> new RawIpSink(1500, 0));
                Poller poller = new Poller(source.fileDescriptor())) {
            byte[] bytes = new byte[segment.length()];
            segment.write(ByteBuffer.wrap(bytes), 0);
            long[] perRound = new long[3];

            for (int round = 0; round < perRound.length; round++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 20_000; i++) {
                    sink.claim().put(0, bytes);
                    sink.commit(bytes.length);
                    if (i % 10 == 0) {
                        sink.flush();
                        poller.wakeUp();
                        poller.awaitPaced(100_000);
                        source.poll(handler, 1000);
                    }
                }
                perRound[round] = THREADS.getCurrentThreadAllocatedBytes() - before;
            }

            assertThat(seen[0]).isGreaterThan(50_000);
            assertThat(perRound[2]).as("bytes for 20,000 packets").isLessThan(2_000);
        }
    }

    @Test
    void unknownDeviceIsNamed() {
        assertThatThrownBy(() -> capture(sender, CaptureOptions.incoming(List.of("eth9"), "tcp")))
                .isInstanceOf(UnknownDeviceException.class)
                .hasMessageContaining("no network device 'eth9'");
    }
}
