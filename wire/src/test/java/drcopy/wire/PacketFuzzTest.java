// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static drcopy.wire.SegmentBuilder.segment;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Hostile bytes. Each packet lies in a buffer of exactly its captured length, so that a read outside of it throws, and a throw
 * fails the test with the seed and the bytes.
 */
class PacketFuzzTest {
    private static final int MUTATIONS = 1_000_000;
    private static final int FRAGMENTS = 200_000;
    private static final int RANDOM_PACKETS = 200_000;
    private static final int TEXT_EVERY = 16;

    private final IpPacket packet = new IpPacket();
    private final FlowKey key = new FlowKey();
    private final Set<PacketDefect> seen = EnumSet.noneOf(PacketDefect.class);
    private long accessed;
    private long datagrams;

    private static ByteBuffer[] seeds() {
        SegmentBuilder v4 = segment("198.18.8.1", 4321, "198.18.1.200", 80);
        SegmentBuilder v6 = segment("2001:db8::1", 4321, "2001:db8::2", 80);
        return new ByteBuffer[] {
            v4.build(),
            DatagramBuilder.datagram("198.18.8.1", 4321, "198.18.1.200", 53, "question"),
            DatagramBuilder.datagram("2001:db8::1", 4321, "2001:db8::2", 53, "question"),
            v4.ipOptions(1, 1, 1, 0).payload("GET / HTTP/1.1\r\n\r\n").build(),
            v4.mss(1460).sackPermitted().timestamps(1, 0).nop().windowShift(7).build(),
            v6.build(),
            v6.build().putLong(8, 0).putLong(16, 0x0000ffff_c6120801L),
            v6.payload("GET /")
                    .nop()
                    .nop()
                    .timestamps(1, 2)
                    .nop()
                    .nop()
                    .sack(1, 2, 3, 4)
                    .build(),
            Fragments.of(v6.payload(100).build(), 1_280, 7).get(0),
            Fragments.of(v6.payload(100).build(), 96, 7).get(1),
            v6.ipExtension(0, 60, 0, 1, 4, 0, 0, 0, 0, 6, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
                    .build()
        };
    }

    @Test
    void mutatedPacketsNeverThrow() {
        ByteBuffer[] seeds = seeds();
        Fuzz.run("mutated packets", 20_26, MUTATIONS, (random, i) -> {
            ByteBuffer seed = seeds[random.nextInt(seeds.length)];
            int captured = random.nextInt(4) == 0 ? random.nextInt(seed.limit() + 1) : seed.limit();
            byte[] bytes = new byte[captured];
            seed.get(0, bytes);
            for (int n = random.nextInt(5); n > 0 && captured > 0; n--) {
                bytes[random.nextInt(captured)] = mutation(random, bytes[random.nextInt(captured)]);
            }
            int wire = random.nextInt(8) == 0 ? captured + random.nextInt(140_000) : Math.max(captured, seed.limit());
            check(bytes, wire, i);
        });
        assertThat(seen).containsExactlyInAnyOrder(PacketDefect.values());
        assertThat(accessed).isGreaterThan(MUTATIONS / 4);
        assertThat(datagrams).isGreaterThan(MUTATIONS / 16);
    }

    private static byte mutation(Random random, byte other) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> other;
            default -> (byte) random.nextInt();
        };
    }

    @Test
    void randomBytesNeverThrow() {
        Fuzz.run("random packets", 8200, RANDOM_PACKETS, (random, i) -> {
            byte[] bytes = new byte[random.nextInt(120)];
            random.nextBytes(bytes);
            if (bytes.length > 9) {
                bytes[0] = (byte) (random.nextBoolean() ? 0x40 | 5 + random.nextInt(11) : 0x60);
                bytes[bytes[0] == 0x60 ? 6 : 9] = 6;
            }
            check(bytes, bytes.length + random.nextInt(2) * random.nextInt(140_000), i);
        });
        assertThat(accessed).isPositive();
    }

    /** Hostile fragments: nothing throws, what becomes whole is as long as it says, and each packet is lost once at most. */
    @Test
    void mutatedFragmentsNeverThrow() {
        ByteBuffer[] seeds = Stream.of(
                        segment("198.18.8.1", 4321, "198.18.1.200", 80)
                                .payload(300)
                                .build(),
                        segment("2001:db8::1", 4321, "2001:db8::2", 80)
                                .payload(300)
                                .build())
                .flatMap(whole -> Fragments.of(whole, 136, 1).stream())
                .toArray(ByteBuffer[]::new);
        int[] outcomes = new int[2];
        Reassembly reassembly = new Reassembly(true, (isDatagram, hi, lo, port) -> outcomes[1]++);
        Fuzz.run("mutated fragments", 815, FRAGMENTS, (random, i) -> {
            ByteBuffer seed = seeds[random.nextInt(seeds.length)];
            byte[] bytes = new byte[random.nextInt(16) == 0 ? 1 + random.nextInt(seed.limit()) : seed.limit()];
            seed.get(0, bytes);
            for (int n = Math.max(0, random.nextInt(8) - 5); n > 0; n--) {
                bytes[random.nextInt(Math.min(56, bytes.length))] =
                        mutation(random, bytes[random.nextInt(bytes.length)]);
            }
            ByteBuffer b = ByteBuffer.wrap(bytes);
            reassembly.tick(i * 50_000_000L);
            if (packet.wrap(b, 0, bytes.length) == PacketDefect.FRAGMENT && reassembly.add(b, 0, bytes.length)) {
                outcomes[0]++;
                packet.wrap(reassembly.buffer(), reassembly.offset(), reassembly.length());
                packet.wrapDatagram(reassembly.buffer(), reassembly.offset(), reassembly.length(), reassembly.length());
            }
        });
        assertThat(outcomes[0]).isGreaterThan(FRAGMENTS / 1_000);
        assertThat(outcomes[1]).isGreaterThan(FRAGMENTS / 1_000);
    }

    private void check(byte[] bytes, int wireLength, int round) {
        ByteBuffer b = ByteBuffer.wrap(bytes);
        try {
            PacketDefect defect = packet.wrapHeaders(b, 0, bytes.length, wireLength);
            seen.add(defect);
            if (defect == PacketDefect.NONE) {
                access(wireLength);
            }
            if (packet.wrapDatagram(b, 0, bytes.length, wireLength) == PacketDefect.NONE) {
                accessDatagram(wireLength);
            }
            if (round % TEXT_EVERY == 0) {
                assertThat(PacketText.text(b, 0, bytes.length)).isNotEmpty();
            }
            if (packet.wrap(b, 0, bytes.length) == PacketDefect.NONE) {
                assertThat(packet.totalLength()).isLessThanOrEqualTo(bytes.length);
            }
        } catch (RuntimeException e) {
            throw new AssertionError("round " + round + ", wire " + wireLength + ": " + Arrays.toString(bytes), e);
        }
    }

    private void accessDatagram(int wireLength) {
        datagrams++;
        assertThat(packet.payloadOffset()).isLessThanOrEqualTo(packet.buffer().limit());
        assertThat(packet.payloadLength()).isNotNegative();
        assertThat(packet.totalLength()).isLessThanOrEqualTo(wireLength);
        assertThat(key.fromClient(packet)).isNotEqualTo(null);
    }

    /** Calls everything that a packet without a defect allows, inside the captured bytes. */
    private void access(int wireLength) {
        accessed++;
        ByteBuffer b = packet.buffer();
        int tcp = packet.tcpOffset();
        int headersEnd = tcp + TcpHeader.headerLength(b, tcp);
        assertThat(packet.payloadOffset()).isEqualTo(headersEnd).isLessThanOrEqualTo(b.limit());
        assertThat(packet.payloadLength()).isNotNegative();
        assertThat(packet.totalLength()).isLessThanOrEqualTo(wireLength).isGreaterThanOrEqualTo(headersEnd);
        assertThat(key.fromClient(packet)).isNotEqualTo(null);
        assertThat(Addresses.isIpv4(key.clientHi, key.clientLo)).isNotEqualTo(packet.isIpv6());
        assertThat(key.isIpv4()).isNotEqualTo(packet.isIpv6());
        assertThat(packet.trafficClass() | packet.hopLimit() | packet.identification())
                .isBetween(0, 65535);
        assertThat(packet.flowLabel()).isBetween(0, 0xfffff);
        seen.add(TcpOptions.check(b, tcp));
        TcpOptions.mss(b, tcp);
        TcpOptions.windowShift(b, tcp);
        TcpOptions.isSackPermitted(b, tcp);
        int option = TcpOptions.find(b, tcp, TcpOptions.SACK);
        if (option >= 0) {
            assertThat(option + (b.get(option + 1) & 0xff)).isLessThanOrEqualTo(headersEnd);
            TcpRewrite.erase(b, tcp, option);
        }
        TcpRewrite.lowerMss(b, tcp, 536);
        TcpRewrite.timestamps(b, tcp, 1, 2);
        assertThat(TcpHeader.headerLength(b, tcp)).isEqualTo(headersEnd - tcp);
    }
}
