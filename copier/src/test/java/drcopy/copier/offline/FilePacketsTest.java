// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import static drcopy.copier.offline.TestCapture.client;
import static org.assertj.core.api.Assertions.assertThat;

import drcopy.netio.PcapFileSource;
import drcopy.wire.PacketText;
import drcopy.wire.SegmentBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePacketsTest {
    @TempDir
    private Path folder;

    private TestCapture capture;
    private final List<String> damaged = new ArrayList<>();
    private final List<String> all = new ArrayList<>();
    private long untold;

    @BeforeEach
    void create() {
        capture = new TestCapture(folder.resolve("capture.pcap"));
    }

    private static SegmentBuilder data(int port, int seq, int length) {
        return client(port).psh().seq(seq).ack(1).payload(length);
    }

    private static String text(SegmentBuilder segment) {
        return PacketText.text(segment.packet());
    }

    private void read() {
        try (PcapFileSource file = new PcapFileSource(capture.written(), "")) {
            Wanted wanted = new Wanted(TestCapture.TRANSFERS);
            FilePackets packets = new FilePackets(file, wanted);
            long last = 0;
            while (packets.next()) {
                String text = PacketText.text(wanted.packet());
                all.add(text);
                if (packets.isDamaged()) {
                    damaged.add(text);
                }
                assertThat(packets.timestampNs()).isGreaterThanOrEqualTo(last);
                last = packets.timestampNs();
            }
            untold = packets.untold();
            assertThat(wanted.matched()).isEqualTo(all.size());
        }
    }

    @Test
    void aClientsFewWrongSumsAreDamage() {
        capture.session(1);
        capture.damaged(client(1).rst().seq(1_012).ack(9_101));
        capture.damaged(data(7, 77, 10));
        capture.session(2);

        read();

        assertThat(damaged).containsExactly(text(client(1).rst().seq(1_012).ack(9_101)), text(data(7, 77, 10)));
        assertThat(all).hasSize(10);
        assertThat(untold).isZero();
    }

    @Test
    void theFirstPacketOfAClientIsJudgedByThoseThatFollow() {
        capture.damaged(client(1).syn().seq(1_000));
        capture.session(1);

        read();

        assertThat(damaged).containsExactly(text(client(1).syn().seq(1_000)));
    }

    @Test
    void sumsThatAreWrongThroughoutTellNothing() {
        capture.damaged(client(1).syn().seq(1_000));
        for (int i = 0; i < 20; i++) {
            capture.after(400).damaged(data(1, 1_001 + 10 * i, 10));
        }

        read();

        assertThat(damaged).isEmpty();
        assertThat(untold).isEqualTo(21);
    }

    @Test
    void aCopyWithARightSumReplacesOneThatTellsNothing() {
        capture.damaged(client(1).syn().seq(1_000));
        for (int i = 0; i < 20; i++) {
            capture.damaged(data(1, 1_001 + 10 * i, 10));
        }
        capture.after(2_000).add(data(1, 1_051, 4)).add(data(1, 1_055, 6));
        capture.add(data(1, 1_101, 9));

        read();

        assertThat(damaged).containsExactly(text(data(1, 1_051, 10)));
    }

    @Test
    void aCopyThatComesTooLateIsNotWaitedFor() {
        capture.damaged(data(1, 1_001, 10)).damaged(data(1, 1_011, 10));
        capture.after(4_000).add(data(2, 1, 1)).add(data(1, 1_001, 10));

        read();

        assertThat(damaged).isEmpty();
    }

    @Test
    void aSumThatIsLeftToADeviceIsNoDamage() {
        capture.add(client(1).syn().seq(1_000));
        capture.partial(data(1, 1_001, 10)).partial(data(1, 1_011, 10));

        read();

        assertThat(damaged).isEmpty();
        assertThat(untold).isZero();
    }

    @Test
    void aSumWithoutLengthIsBelievedOfAHostThatLeavesSumsToItsDevice() {
        capture.partialOfUnknownLength(data(1, 1_001, 3_000)).partial(data(1, 4_001, 10));
        capture.add(SegmentBuilder.segment("198.18.8.2", 9, "198.18.0.10", 80).syn());
        capture.add(SegmentBuilder.segment("198.18.8.2", 9, "198.18.0.10", 80)
                .seq(1)
                .ack(1));
        capture.partialOfUnknownLength(SegmentBuilder.segment("198.18.8.2", 9, "198.18.0.10", 80)
                .seq(1)
                .payload(3));

        read();

        assertThat(damaged)
                .containsExactly(text(SegmentBuilder.segment("198.18.8.2", 9, "198.18.0.10", 80)
                        .seq(1)
                        .payload(3)));
        assertThat(untold).isZero();
    }

    @Test
    void readingAheadIsBoundedInBytes() {
        capture.damaged(data(1, 1, 10)).damaged(data(1, 11, 10));
        for (int i = 0; i < 140; i++) {
            capture.add(
                    SegmentBuilder.segment("198.18.8.2", 9, "198.18.0.10", 80).payload(60_000));
        }
        capture.add(data(1, 1, 20));

        read();

        assertThat(all).hasSize(143);
        assertThat(damaged).isEmpty();
    }
}
