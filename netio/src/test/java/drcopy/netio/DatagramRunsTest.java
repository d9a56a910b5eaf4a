// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.DatagramBuilder;
import drcopy.wire.Fuzz;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatagramRunsTest {
    private static final int RUN = DatagramRuns.UDP_RUN;

    private final List<String> seen = new ArrayList<>();
    private final List<Integer> identifications = new ArrayList<>();
    private final IpPacket packet = new IpPacket();
    private final DatagramRuns runs = new DatagramRuns().before(this::note);

    private void note(ByteBuffer buffer, int offset, int captured, int wire, long timestampNs) {
        assertThat(packet.wrapDatagram(buffer, offset, captured, wire)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.totalLength()).isEqualTo(captured).isEqualTo(wire);
        byte[] payload = new byte[packet.payloadLength()];
        buffer.get(packet.payloadOffset(), payload);
        seen.add(new String(payload, StandardCharsets.UTF_8));
        identifications.add(packet.identification());
    }

    private static ByteBuffer datagram(String from, String to, String payload) {
        return DatagramBuilder.datagram(from, 4321, to, 443, payload);
    }

    private void give(ByteBuffer b) {
        runs.onPacket(b, 0, b.limit(), b.limit(), 7);
    }

    @ParameterizedTest
    @CsvSource({"198.18.8.1, 198.18.0.10", "2001:db8::1, 2001:db8::2"})
    void aRunIsTheDatagramsItWas(String from, String to) {
        runs.announce(RUN, 3);
        give(datagram(from, to, "abcdefgh"));
        runs.announce(RUN | 0x80, 4);
        give(datagram(from, to, "abcdefgh"));

        assertThat(seen).containsExactly("abc", "def", "gh", "abcd", "efgh");
        boolean isIpv4 = from.indexOf('.') > 0;
        assertThat(identifications).isEqualTo(isIpv4 ? List.of(7, 8, 9, 7, 8) : List.of(0, 0, 0, 0, 0));
    }

    @Test
    void whatIsNoRunIsHandedOnAsItIs() {
        runs.announce(0, 0);
        give(datagram("198.18.8.1", "198.18.0.10", "abcdefgh"));
        runs.announce(1, 3); // of TCP
        give(datagram("198.18.8.1", "198.18.0.10", "abcdefgh"));
        runs.announce(RUN, 8);
        give(datagram("198.18.8.1", "198.18.0.10", "abcdefgh"));

        assertThat(seen).containsExactly("abcdefgh", "abcdefgh", "abcdefgh");
    }

    @Test
    void aRunThatTheCaptureCutIsHandedOnAsItIs() {
        List<Integer> lengths = new ArrayList<>();
        ByteBuffer b = datagram("198.18.8.1", "198.18.0.10", "abcdefgh");
        runs.before((buffer, offset, captured, wire, timestampNs) -> lengths.addAll(List.of(captured, wire)));
        runs.announce(RUN, 3);
        runs.onPacket(b, 0, b.limit() - 1, b.limit(), 7);

        assertThat(lengths).containsExactly(b.limit() - 1, b.limit());
    }

    @Test
    void mutatedRunsNeverThrow() {
        ByteBuffer[] seeds = {
            datagram("198.18.8.1", "198.18.0.10", "0123456789".repeat(20)),
            datagram("2001:db8::1", "2001:db8::2", "0123456789".repeat(20))
        };
        long[] pieces = {0};
        DatagramRuns any = new DatagramRuns().before((buffer, offset, captured, wire, timestampNs) -> pieces[0]++);
        Fuzz.run("runs of datagrams", 47, 100_000, (random, i) -> {
            ByteBuffer seed = seeds[random.nextInt(2)];
            byte[] bytes = new byte[random.nextInt(8) == 0 ? random.nextInt(seed.limit() + 1) : seed.limit()];
            seed.get(0, bytes);
            for (int n = random.nextInt(4); n > 0 && bytes.length > 0; n--) {
                bytes[random.nextInt(Math.min(60, bytes.length))] = (byte) random.nextInt();
            }
            any.announce(RUN, random.nextInt(300));
            any.onPacket(ByteBuffer.wrap(bytes), 0, bytes.length, bytes.length + random.nextInt(2) * 1000, 0);
        });
        assertThat(pieces[0]).isGreaterThan(200_000);
    }
}
