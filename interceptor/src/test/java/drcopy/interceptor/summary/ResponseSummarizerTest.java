// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.summary;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.SegmentBuilder;
import drcopy.wire.TcpFlags;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseSummarizerTest {
    private final IpPacket packet = new IpPacket();
    private final ByteBuffer out = ByteBuffer.allocate(ResponseRecord.LENGTH + 16);

    private void summarise(ByteBuffer bytes, long ageNs) {
        assertThat(packet.wrap(bytes, 0, bytes.limit())).isEqualTo(PacketDefect.NONE);
        ResponseSummarizer.summarise(packet, ageNs, out, 8);
    }

    @ParameterizedTest
    @CsvSource({"198.18.1.200, 198.18.8.1", "2001:db8::200, 2001:db8:8::1"})
    void writesEveryFieldOfASynAckAtItsPlace(String target, String client) {
        ByteBuffer synAck = SegmentBuilder.segment(target, 80, client, 4321)
                .syn()
                .seq(0x01020304)
                .ack(0xfffefdfc)
                .window(65160)
                .mss(1460)
                .sackPermitted()
                .timestamps(0x0a0b0c0d, 0x0e0f1011)
                .windowShift(9)
                .build();
        summarise(synAck, 1_234_999);
        ResponseSummarizer.routeId(out, 8, 0x1122334455667788L);
        assertThat(out.getLong(8)).isEqualTo(0x1122334455667788L);
        assertThat(out.getInt(16)).isEqualTo(0x01020304);
        assertThat(out.getInt(20)).isEqualTo(0xfffefdfc);
        assertThat(out.getInt(24)).isZero();
        assertThat(out.getShort(28) & 0xffff).isEqualTo(65160);
        assertThat(out.get(30)).isEqualTo((byte) (TcpFlags.SYN | TcpFlags.ACK));
        assertThat(out.get(31)).isEqualTo((byte) 15);
        assertThat(out.getInt(32)).isEqualTo(0x0a0b0c0d);
        assertThat(out.getInt(36)).isEqualTo(0x0e0f1011);
        assertThat(out.getShort(40)).isEqualTo((short) 1460);
        assertThat(out.get(42)).isEqualTo((byte) 9);
        assertThat(out.get(43)).isZero();
        assertThat(out.getInt(44)).isEqualTo(1234);
    }

    @Test
    void leavesNothingOfAnEarlierRecord() {
        for (int i = 0; i < out.capacity(); i++) {
            out.put(i, (byte) 0xff);
        }
        summarise(
                SegmentBuilder.segment("198.18.1.200", 80, "198.18.8.1", 4321)
                        .rst()
                        .build(),
                0);
        assertThat(out.getLong(8)).isZero();
        assertThat(out.get(31)).isZero();
        assertThat(out.getLong(32)).isZero();
        assertThat(out.getLong(40)).isZero();
        assertThat(out.getLong(0)).as("before the record").isEqualTo(-1L);
        assertThat(out.getLong(48)).as("behind the record").isEqualTo(-1L);
    }

    @Test
    void countsThePayloadOnTheWireWhenTheCaptureKeptHeadersOnly() {
        ByteBuffer response = SegmentBuilder.segment("198.18.1.200", 80, "198.18.8.1", 4321)
                .psh()
                .ack(1)
                .payload(new byte[1000])
                .build();
        int length = response.limit();
        assertThat(packet.wrapHeaders(response, 0, 40, length)).isEqualTo(PacketDefect.NONE);
        ResponseSummarizer.summarise(packet, 0, out, 8);
        assertThat(out.getInt(24)).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource({"-5, 0", "999, 0", "1000, 1", "4294967295000, -1", "9223372036854775807, -1"})
    void keepsTheAgeInMicrosecondsWithinItsField(long ageNs, int field) {
        summarise(
                SegmentBuilder.segment("198.18.1.200", 80, "198.18.8.1", 4321)
                        .ack(1)
                        .build(),
                ageNs);
        assertThat(out.getInt(44)).isEqualTo(field);
    }

    @Test
    void readsNoOptionBeyondTheHeaderWhateverTheBytesAre() {
        Random random = new Random(20261122);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[40 + random.nextInt(60)];
            random.nextBytes(bytes);
            bytes[0] = 0x45;
            bytes[2] = 0;
            bytes[3] = (byte) bytes.length;
            bytes[6] = 0;
            bytes[7] = 0;
            bytes[9] = 6;
            if (packet.wrap(ByteBuffer.wrap(bytes), 0, bytes.length) == PacketDefect.NONE) {
                ResponseSummarizer.summarise(packet, 0, out, 8);
                assertThat(out.get(42)).as("round " + round).isBetween((byte) 0, (byte) 14);
            }
        }
    }
}
