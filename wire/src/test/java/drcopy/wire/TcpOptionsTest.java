// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static drcopy.wire.SegmentBuilder.segment;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpOptionsTest {
    private static final int TCP = 20;

    private static SegmentBuilder syn() {
        return segment("198.18.8.1", 4321, "198.18.1.200", 80).syn();
    }

    @Test
    void readsTheOptionsOfALinuxSyn() {
        ByteBuffer b = syn().mss(1460)
                .sackPermitted()
                .timestamps(-1, 5)
                .nop()
                .windowShift(7)
                .build();

        assertThat(TcpOptions.check(b, TCP)).isEqualTo(PacketDefect.NONE);
        assertThat(TcpOptions.mss(b, TCP)).isEqualTo(1460);
        assertThat(TcpOptions.windowShift(b, TCP)).isEqualTo(7);
        assertThat(TcpOptions.isSackPermitted(b, TCP)).isTrue();
        int at = TcpOptions.timestamps(b, TCP);
        assertThat(b.getInt(at + 2)).isEqualTo(-1);
        assertThat(b.getInt(at + 6)).isEqualTo(5);
    }

    @Test
    void saysWhenOptionsAreAbsent() {
        ByteBuffer b = syn().build();

        assertThat(TcpOptions.check(b, TCP)).isEqualTo(PacketDefect.NONE);
        assertThat(TcpOptions.mss(b, TCP)).isEqualTo(-1);
        assertThat(TcpOptions.windowShift(b, TCP)).isEqualTo(-1);
        assertThat(TcpOptions.isSackPermitted(b, TCP)).isFalse();
        assertThat(TcpOptions.timestamps(b, TCP)).isEqualTo(-1);
    }

    @Test
    void tellsMultipathTcpFromTheUsualLayouts() {
        SegmentBuilder usual = segment("198.18.8.1", 4321, "198.18.1.200", 80);

        assertThat(TcpOptions.isMultipath(usual.build(), TCP)).isFalse();
        assertThat(TcpOptions.isMultipath(usual.nop().nop().timestamps(1, 2).build(), TCP))
                .isFalse();
        assertThat(TcpOptions.isMultipath(usual.option(30, 0x20, 1).build(), TCP))
                .isTrue();
        assertThat(TcpOptions.isMultipath(
                        syn().nop().nop().timestamps(1, 2).nop().build(), TCP))
                .isFalse();
    }

    @Test
    void tellsASubflowFromTheFirst() {
        assertThat(TcpOptions.joinsMultipath(syn().option(30, 0x10, 1).build(), TCP))
                .isTrue();
        assertThat(TcpOptions.joinsMultipath(syn().option(30, 0x01, 0x81).build(), TCP))
                .isFalse();
        assertThat(TcpOptions.joinsMultipath(syn().option(30).nop().nop().build(), TCP))
                .isFalse();
        assertThat(TcpOptions.joinsMultipath(syn().build(), TCP)).isFalse();
    }

    @Test
    void readsUnsignedMssAndLowersWildShifts() {
        ByteBuffer b = syn().mss(65535).windowShift(200).build();

        assertThat(TcpOptions.mss(b, TCP)).isEqualTo(65535);
        assertThat(TcpOptions.windowShift(b, TCP)).isEqualTo(14);
    }

    @Test
    void findsTheFirstOfAKind() {
        ByteBuffer b = syn().nop().option(254, 1).option(254, 2).build();

        assertThat(TcpOptions.find(b, TCP, 254)).isEqualTo(41);
        assertThat(TcpOptions.find(b, TCP, 253)).isEqualTo(-1);
    }

    /** As Linux does: what online obeyed is what the replica must take for the client's word. */
    @Test
    void obeysTheLastWellFormedOptionOfAKind() {
        ByteBuffer b = syn().mss(1000)
                .option(TcpOptions.MSS, 9)
                .mss(1200)
                .option(TcpOptions.MSS)
                .build();

        assertThat(TcpOptions.mss(b, TCP)).isEqualTo(1200);
    }

    @Test
    void stopsAtTheEndOfTheList() {
        ByteBuffer b = syn().rawOption(TcpOptions.END, TcpOptions.MSS, 4, 5, 6).build();

        assertThat(TcpOptions.check(b, TCP)).isEqualTo(PacketDefect.NONE);
        assertThat(TcpOptions.mss(b, TCP)).isEqualTo(-1);
    }

    @Test
    void readsNothingBehindTheHeader() {
        ByteBuffer b =
                syn().nop().nop().nop().nop().payload(new byte[] {2, 4, 5, 6}).build();

        assertThat(TcpOptions.mss(b, TCP)).isEqualTo(-1);
        assertThat(TcpOptions.check(b, TCP)).isEqualTo(PacketDefect.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 40, 128, 255})
    void endsTheWalkAtAMalformedLength(int length) {
        ByteBuffer b =
                syn().windowShift(3).rawOption(254, length, 1, 1, 1).mss(9).build();
        b.put(TCP + 12, (byte) 0x70); // the header ends behind the malformed option

        assertThat(TcpOptions.check(b, TCP)).isEqualTo(PacketDefect.BAD_OPTION_LENGTH);
        assertThat(TcpOptions.windowShift(b, TCP)).isEqualTo(3);
        assertThat(TcpOptions.find(b, TCP, 254)).isEqualTo(-1);
    }

    @Test
    void endsTheWalkWhenTheLengthByteIsMissing() {
        ByteBuffer b = syn().rawOption(1, 1, 1, TcpOptions.MSS)
                .payload(new byte[] {4, 5, 6})
                .build();

        assertThat(TcpOptions.check(b, TCP)).isEqualTo(PacketDefect.BAD_OPTION_LENGTH);
        assertThat(TcpOptions.mss(b, TCP)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 6})
    void ignoresAnMssOfAnotherSize(int length) {
        ByteBuffer b =
                syn().option(TcpOptions.MSS, new int[length - 2]).windowShift(2).build();

        assertThat(TcpOptions.check(b, TCP)).isEqualTo(PacketDefect.NONE);
        assertThat(TcpOptions.mss(b, TCP)).isEqualTo(-1);
        assertThat(TcpOptions.windowShift(b, TCP)).isEqualTo(2);
    }

    @Test
    void walksFortyBytesOfOptions() {
        ByteBuffer b = syn().timestamps(1, 2).sack(1, 2, 3, 4, 5, 6).mss(7).build();

        assertThat(TcpHeader.headerLength(b, TCP)).isEqualTo(60);
        assertThat(TcpOptions.mss(b, TCP)).isEqualTo(7);
    }
}
