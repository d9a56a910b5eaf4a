// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static drcopy.wire.SegmentBuilder.segment;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FlowKeyTest {
    private static final long V4 = 0x0000ffff_c6120801L;
    private static final long V6 = 0x20010db8_00000000L;

    private final FlowKey key = new FlowKey();

    @Test
    void isTheSameFromBothDirections() {
        IpPacket request = segment("198.18.8.1", 4321, "198.18.1.200", 80).packet();
        IpPacket response = segment("198.18.1.200", 80, "198.18.8.1", 4321).packet();

        assertThat(key.fromClient(request)).isEqualTo(new FlowKey().fromServer(response));
        assertThat(key).hasToString("198.18.8.1:4321>198.18.1.200:80");
    }

    @Test
    void isIpv4OnlyWhenBothAddressesAre() {
        assertThat(key.set(0, V4, 1, 0, V4, 2).isIpv4()).isTrue();
        assertThat(key.set(V6, 1, 1, V6, 2, 2).isIpv4()).isFalse();
        assertThat(key.set(0, V4, 1, V6, 2, 2).isIpv4()).isFalse();
    }

    @Test
    void differsInEveryField() {
        FlowKey same = new FlowKey().set(1, 2, 3, 4, 5, 6);
        key.set(same);

        assertThat(key).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo("1");
        assertThat(key.set(9, 2, 3, 4, 5, 6)).isNotEqualTo(same);
        assertThat(key.set(1, 9, 3, 4, 5, 6)).isNotEqualTo(same);
        assertThat(key.set(1, 2, 9, 4, 5, 6)).isNotEqualTo(same);
        assertThat(key.set(1, 2, 3, 9, 5, 6)).isNotEqualTo(same);
        assertThat(key.set(1, 2, 3, 4, 9, 6)).isNotEqualTo(same);
        assertThat(key.set(1, 2, 3, 4, 5, 9)).isNotEqualTo(same);
    }

    @Test
    void hashesTheSameInEveryVersion() {
        IpPacket packet = segment("198.18.8.1", 4321, "198.18.1.200", 80).packet();

        assertThat(key.fromClient(packet).stableHash()).isEqualTo(0xa4c1c2e735224489L);
    }

    @Test
    void flippingAnyBitChangesHalfOfTheHash() {
        long base = key.set(0, V4, 4321, 0, V4 + 1, 80).stableHash();
        int bits = 0;
        int changes = 0;
        for (int bit = 0; bit < 16; bit++) {
            changes += Long.bitCount(
                    base ^ key.set(0, V4, 4321 ^ 1 << bit, 0, V4 + 1, 80).stableHash());
            changes += Long.bitCount(
                    base ^ key.set(0, V4, 4321, 0, V4 + 1, 80 ^ 1 << bit).stableHash());
            changes += Long.bitCount(
                    base ^ key.set(0, V4 ^ 1L << bit, 4321, 0, V4 + 1, 80).stableHash());
            changes += Long.bitCount(
                    base ^ key.set(1L << bit, V4, 4321, 0, V4 + 1, 80).stableHash());
            bits += 4 * 64;
        }

        assertThat((double) changes / bits).isBetween(0.47, 0.53);
    }

    /** Ratio sampling takes the high bits, tables the low ones; both are even within 1 point for real port patterns. */
    @Test
    void spreadsSequentialStridedAndFoldedPortsEvenly() {
        for (int stride : new int[] {1, 2, 4, 28, 63, 64, 256}) {
            int[] low = new int[16];
            int[] high = new int[16];
            for (int i = 0; i < 64_512; i++) {
                int port = 1024 + (int) ((long) i * stride % 64_512);
                long client = V4 + (long) i * stride / 64_512;
                long hash = key.set(0, client, port, 0, V4 - 1, 80).stableHash();
                low[(int) hash & 15]++;
                high[(int) (hash >>> 60)]++;
            }

            assertThat(Arrays.stream(low)).as("low bits, stride %d", stride).allMatch(n -> Math.abs(n - 4032) < 320);
            assertThat(Arrays.stream(high)).as("high bits, stride %d", stride).allMatch(n -> Math.abs(n - 4032) < 320);
        }
    }
}
