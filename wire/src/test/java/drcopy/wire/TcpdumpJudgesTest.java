// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static drcopy.wire.SegmentBuilder.segment;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** tcpdump as an independent decoder of what {@link SegmentBuilder} builds and {@link TcpRewrite} changes. */
@Tag("lab")
class TcpdumpJudgesTest {
    private static final int LINKTYPE_RAW = 101;

    @TempDir
    Path folder;

    @Test
    void readsTheFieldsThatWereBuilt() throws Exception {
        SegmentBuilder segment = segment("198.18.8.1", 4321, "198.18.1.200", 8086)
                .seq(100)
                .ack(200)
                .psh()
                .urgent(3)
                .window(502)
                .trafficClass(0x10)
                .hopLimit(63)
                .identification(4242)
                .nop()
                .nop()
                .timestamps(5, -6)
                .payload(10);
        SegmentBuilder syn = segment("2001:db8::1", 4321, "2001:db8::2", 8086)
                .flags(TcpFlags.SYN | TcpFlags.ECE | TcpFlags.CWR)
                .seq(-1)
                .mss(1440)
                .sackPermitted()
                .windowShift(7)
                .flowLabel(0xabcde)
                .trafficClass(0x2e);

        List<String> lines = judge(List.of(segment.build(), syn.build()));

        assertThat(lines.get(0))
                .contains("tos 0x10", "ttl 63", "id 4242", "flags [DF]", "length 62")
                .doesNotContain("bad");
        assertThat(lines.get(1))
                .contains(
                        "198.18.8.1.4321 > 198.18.1.200.8086: Flags [P.U]",
                        "(correct)",
                        "seq 100:110, ack 200, win 502")
                .contains("urg 3", "options [nop,nop,TS val 5 ecr 4294967290], length 10");
        assertThat(lines.get(2))
                .contains("class 0x2e", "flowlabel 0xabcde", "hlim 64", "payload length: 32")
                .contains("2001:db8::1.4321 > 2001:db8::2.8086: Flags [SEW]", "(correct)", "seq 4294967295")
                .contains("options [mss 1440,sackOK,wscale 7,nop,nop,nop], length 0");
    }

    @Test
    void findsEveryChecksumRight() throws Exception {
        Random random = new Random(2026);
        List<ByteBuffer> packets = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            boolean isIpv6 = random.nextBoolean();
            ByteBuffer b = (isIpv6
                            ? segment("2001:db8::1", random.nextInt(65536), "2001:db8:ffff::fffe", 8086)
                            : segment("198.18.8.1", random.nextInt(65536), "198.19.255.254", 8086))
                    .seq(random.nextInt())
                    .ack(random.nextInt())
                    .identification(random.nextInt(65536))
                    .option(TcpOptions.TIMESTAMPS, new int[8])
                    .mss(9000)
                    .payload(random.nextInt(1400))
                    .build();
            TcpRewrite.lowerMss(b, isIpv6 ? 40 : 20, 1400);
            TcpRewrite.timestamps(b, isIpv6 ? 40 : 20, random.nextInt(), random.nextInt());
            packets.add(b);
        }

        String all = String.join("\n", judge(packets));

        assertThat(all.split("\\(correct\\)", -1)).hasSize(packets.size() + 1);
        assertThat(all.split("mss 1400", -1)).hasSize(packets.size() + 1);
        assertThat(all).doesNotContain("incorrect").doesNotContain("bad cksum");
    }

    @Test
    void seesAWrongChecksum() throws Exception {
        ByteBuffer b =
                segment("198.18.8.1", 4321, "198.18.1.200", 8086).payload(4).build();
        b.put(43, (byte) ~b.get(43));

        assertThat(judge(List.of(b)).get(1)).contains("incorrect");
    }

    private List<String> judge(List<ByteBuffer> packets) throws IOException, InterruptedException {
        Path pcap = folder.resolve("packets.pcap");
        Files.write(pcap, pcap(packets));
        Path output = folder.resolve("output");
        Process tcpdump = new ProcessBuilder("tcpdump", "-n", "-t", "-vv", "-S", "-r", pcap.toString())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(tcpdump.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(tcpdump.exitValue()).isZero();
        return Files.readAllLines(output);
    }

    /** A classic pcap file, big-endian, microseconds (draft-ietf-opsawg-pcap section 4 and 5). */
    private static byte[] pcap(List<ByteBuffer> packets) {
        int size = 24 + packets.stream().mapToInt(p -> 16 + p.limit()).sum();
        byte[] file = new byte[size];
        ByteBuffer b = ByteBuffer.wrap(file);
        b.putInt(0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65535)
                .putInt(LINKTYPE_RAW);
        for (ByteBuffer packet : packets) {
            b.putLong(0)
                    .putInt(packet.limit())
                    .putInt(packet.limit())
                    .put(packet.duplicate().rewind());
        }
        return file;
    }
}
