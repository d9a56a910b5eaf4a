// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapFileTest {
    private static final long TIME_NS = 1_700_000_000_123_456_789L;
    private static final String FIRST = "198.19.7.7:40000 > 198.18.5.2:8080 2 3";
    private static final String SECOND = "[2001:db8:99::7]:40000 > [2001:db8:5::2]:8080 10 700";

    @TempDir
    Path folder;

    private Path written() {
        Path path = folder.resolve("a.pcap");
        long[] now = {TIME_NS};
        try (PcapFileSink sink = new PcapFileSink(path, () -> now[0]++)) {
            sink.commit(
                    TestPackets.write(sink.claim(), "198.19.7.7", 40000, "198.18.5.2", 8080, 1, TestPackets.SYN, 3));
            sink.commit(TestPackets.write(
                    sink.claim(), "2001:db8:99::7", 40000, "2001:db8:5::2", 8080, 1, TestPackets.ACK, 700));
            sink.flush();
            assertThat(sink.errors().total()).isZero();
        }
        return path;
    }

    private static Captured readAll(PcapFileSource source) {
        Captured seen = new Captured();
        while (!source.isAtEnd()) {
            assertThat(source.poll(seen, 1)).isLessThanOrEqualTo(1);
        }
        return seen;
    }

    @Test
    void readsBackWhatItWrote() {
        try (PcapFileSource source = new PcapFileSource(written(), "")) {
            Captured seen = readAll(source);

            assertThat(seen.lines).containsExactly(FIRST, SECOND);
            assertThat(seen.lastTimestampNs).isEqualTo(TIME_NS + 1);
            assertThat(seen.wireLengths).containsExactly(43, 760);
            assertThat(source.defect()).isEmpty();
        }
    }

    @Test
    void manyPacketsOverflowTheBatchInOrder() {
        Path path = folder.resolve("many.pcap");
        try (PcapFileSink sink = new PcapFileSink(path, () -> TIME_NS)) {
            for (int i = 0; i < 2000; i++) {
                sink.commit(TestPackets.write(
                        sink.claim(), "198.19.7.7", i + 1, "198.18.5.2", 80, 1, TestPackets.ACK, 1400));
            }
        }

        try (PcapFileSource source = new PcapFileSource(path, "")) {
            Captured seen = readAll(source);
            assertThat(seen.lines).hasSize(2000).startsWith("198.19.7.7:1 > 198.18.5.2:80 10 1400");
            assertThat(seen.lines).endsWith("198.19.7.7:2000 > 198.18.5.2:80 10 1400");
        }
    }

    @Test
    void readsGzip() throws IOException {
        Path packed = folder.resolve("a.pcap.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(written(), out);
        }

        try (PcapFileSource source = new PcapFileSource(packed, "tcp port 8080")) {
            assertThat(readAll(source).lines).containsExactly(FIRST, SECOND);
        }
    }

    @Test
    void filterChooses() {
        try (PcapFileSource source = new PcapFileSource(written(), "ip6")) {
            assertThat(readAll(source).lines).containsExactly(SECOND);
        }
    }

    @Test
    void aCutFileEndsThereAndSaysSo() throws IOException {
        Path path = written();
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, java.util.Arrays.copyOf(bytes, bytes.length - 100));

        try (PcapFileSource source = new PcapFileSource(path, "")) {
            assertThat(readAll(source).lines).containsExactly(FIRST);
            assertThat(source.defect().orElseThrow()).startsWith("it breaks off inside a packet");
        }
    }

    @Test
    void aCutGzipFileEndsThereAndSaysSo() throws IOException {
        Path packed = folder.resolve("cut.pcap.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(written(), out);
        }
        byte[] bytes = Files.readAllBytes(packed);
        Files.write(packed, java.util.Arrays.copyOf(bytes, bytes.length - 12));

        try (PcapFileSource source = new PcapFileSource(packed, "")) {
            assertThat(readAll(source).lines).startsWith(FIRST);
            assertThat(source.defect().orElseThrow()).startsWith("it breaks off inside a packet");
        }
    }

    /** As Wireshark writes when it captures on an Ethernet device and a tunnel: libpcap refuses such files. */
    @Test
    void interfacesOfOneFileHaveLinkTypesOfTheirOwn() throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(100);
        int length = TestPackets.write(packet, "198.19.7.7", 40000, "198.18.5.2", 8080, 1, TestPackets.SYN, 4);
        ByteBuffer file = ByteBuffer.allocate(1000);
        file.putInt(0x0a0d0d0a)
                .putInt(28)
                .putInt(0x1a2b3c4d)
                .putInt(0x10000)
                .putLong(-1)
                .putInt(28);
        for (int linkType : new int[] {1, 101}) {
            file.putInt(1)
                    .putInt(20)
                    .putShort((short) linkType)
                    .putShort((short) 0)
                    .putInt(0)
                    .putInt(20);
        }
        byte[] ethernet = bytes("0200000000010200000000020800");
        int framed = ethernet.length + length;
        int padded = (framed + 3) & ~3;
        file.putInt(6).putInt(32 + padded).putInt(0).putLong(7).putInt(framed).putInt(framed);
        file.put(ethernet)
                .put(packet.array(), 0, length)
                .put(new byte[padded - framed])
                .putInt(32 + padded);
        file.putInt(6).putInt(32 + length).putInt(1).putLong(8).putInt(length).putInt(length);
        file.put(packet.array(), 0, length).putInt(32 + length);
        Path path = Files.write(folder.resolve("two.pcapng"), java.util.Arrays.copyOf(file.array(), file.position()));

        try (PcapFileSource source = new PcapFileSource(path, "")) {
            Captured seen = readAll(source);
            String line = FIRST.substring(0, FIRST.length() - 1) + 4;
            assertThat(seen.lines).containsExactly(line, line);
            assertThat(seen.lastTimestampNs).isEqualTo(8_000);
            assertThat(source.defect()).isEmpty();
        }
    }

    /** Frame headers in hexadecimal, as they stand before the IP header. */
    @ParameterizedTest
    @CsvSource({
        "1, 0200000000010200000000020800",
        "1, 02000000000102000000000281000064 0800",
        "1, 02000000000102000000000288a80001810000640800",
        "1, 02000000000102000000000291000001810000640800",
        "101, ''",
        "228, ''",
        "12, ''",
        "14, ''",
        "0, 02000000",
        "108, 00000002",
        "113, 00000001000602000000000200000800",
        "113, 0000000100060200000000020000810000640800",
        "276, 0800000000000002000100060200000000020000",
        "113, 0000000100060200000000020000810000648100 00070800",
        "113, 000000010006020000000002000088a800640800 00070800",
        "113, 0000000100060200000000020000910000648100 00070800",
        "276, 0800000000000002000100060200000000020000 00070800",
        "276, 0800000000000002000100060200000000020000 45070800",
        "276, 0800000000000002000100060200000000020000 00078100000a0800",
        "276, 88a8000000000002000100060200000000020000 00070800",
        "276, 9100000000000002000100060200000000020000 0064810000070800",
    })
    void findsTheIpHeaderOfEveryLinkType(int linkType, String header) throws IOException {
        Path path = withFrames(linkType, header);

        try (PcapFileSource source = new PcapFileSource(path, "")) {
            assertThat(readAll(source).lines).containsExactly(FIRST);
        }
    }

    /** A file of two frames: one with a TCP packet after the header, one with ARP or too short. */
    private Path withFrames(int linkType, String header) throws IOException {
        byte[] link = bytes(header.replace(" ", ""));
        ByteBuffer packet = ByteBuffer.allocate(100);
        int length = TestPackets.write(packet, "198.19.7.7", 40000, "198.18.5.2", 8080, 1, TestPackets.SYN, 3);
        ByteBuffer file = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65535)
                .putInt(linkType);
        file.putInt(1).putInt(0).putInt(link.length + length).putInt(link.length + length);
        file.put(link).put(packet.array(), 0, length);
        byte[] garbage = bytes("0200000000010200000000020806").clone();
        file.putInt(2).putInt(0).putInt(garbage.length).putInt(garbage.length).put(garbage);
        Path path = folder.resolve("link.pcap");
        Files.write(path, java.util.Arrays.copyOf(file.array(), file.position()));
        return path;
    }

    private static byte[] bytes(String hex) {
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }

    @Test
    void badFilesAndFiltersAreNamed() throws IOException {
        Path garbage = folder.resolve("garbage");
        Files.writeString(garbage, "no capture file at all, but long enough to look at");
        Path missing = folder.resolve("missing.pcap");
        Path written = written();

        assertThatThrownBy(() -> new PcapFileSource(garbage, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("garbage' is neither pcap nor pcapng");
        assertThatThrownBy(() -> new PcapFileSource(missing, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing.pcap");
        assertThatThrownBy(() -> new PcapFileSource(written, "tpc")).isInstanceOf(FilterException.class);
        assertThatThrownBy(() -> new PcapFileSink(folder.resolve("no/such/folder"), () -> 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
