// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import drcopy.wire.Fuzz;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;

/** Damaged capture files end; they neither throw nor hang. On whole ones libpcap is the judge. */
class CaptureFileFuzzTest {
    private static final int ROUNDS = 2_000;
    private static final int[] LINK_TYPES = {0, 1, 12, 14, 101, 108, 113, 228, 229, 276};

    @TempDir
    Path folder;

    @Test
    void damagedFilesEnd() {
        Fuzz.run("capture files", 20261122, ROUNDS, (random, round) -> {
            byte[] file = random.nextBoolean() ? pcap(random) : pcapng(random);
            int flips = random.nextInt(12);
            for (int i = 0; i < flips; i++) {
                file[random.nextInt(file.length)] = (byte) random.nextInt(256);
            }
            byte[] cut = Arrays.copyOf(file, random.nextInt(10) == 0 ? random.nextInt(file.length) : file.length);
            Path path = Files.write(folder.resolve("fuzz"), cut);

            assertThatCode(() -> readToTheEnd(path)).as("round %d", round).doesNotThrowAnyException();
        });
    }

    private static void readToTheEnd(Path path) {
        try (PcapFileSource source = new PcapFileSource(path, "")) {
            Captured seen = new Captured();
            while (source.poll(seen, 100) > 0) {
                assertThat(seen.lines).hasSizeLessThan(100_000);
            }
            assertThat(source.isAtEnd()).isTrue();
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageStartingWith("capture file '");
        }
    }

    @Test
    void anyFrameHasItsIpHeaderInsideOrNone() {
        LinkLayer[] layers = LinkLayer.values();
        ByteBuffer frame = ByteBuffer.allocate(64);
        Fuzz.run("link layers", 7, 300_000, (random, round) -> {
            LinkLayer link = layers[round % layers.length];
            random.nextBytes(frame.array());
            for (int at = 0; at + 2 <= 40; at += 2) {
                if (random.nextInt(3) == 0) {
                    frame.putShort(at, (short) new int[] {0x8100, 0x88a8, 0x9100, 0x0800, 0x86dd}[random.nextInt(5)]);
                }
            }
            int length = random.nextInt(65);
            int offset = link.ipOffset(frame, length);
            assertThat(offset).as(link.name()).isBetween(-1, Math.max(-1, length - 1));
        });
    }

    @Test
    void readsWhatLibpcapReads() throws IOException, PcapNativeException {
        Random random = new Random(42);
        for (int round = 0; round < 200; round++) {
            byte[] file = round % 2 == 0 ? pcap(random) : pcapng(random);
            Path path = Files.write(folder.resolve("whole"), file);

            assertThat(ours(path)).as("round %d", round).isEqualTo(theirs(path));
        }
    }

    private static List<String> ours(Path path) throws IOException {
        List<String> frames = new ArrayList<>();
        try (CaptureInput input = new CaptureInput(path)) {
            CaptureFrame frame = new CaptureFrame();
            FrameReader reader = FrameReader.of(input, frame);
            while (reader.next(frame)) {
                frames.add(line(frame.timestampNs, frame.wireLength, Arrays.copyOf(frame.bytes, frame.length)));
            }
        }
        return frames;
    }

    private static List<String> theirs(Path path) throws PcapNativeException {
        List<String> frames = new ArrayList<>();
        PcapHandle handle = Pcaps.openOffline(path.toString(), PcapHandle.TimestampPrecision.NANO);
        try (handle) {
            while (true) {
                byte[] bytes = handle.getNextRawPacketEx();
                var time = handle.getTimestamp();
                long ns = Math.floorDiv(time.getTime(), 1000L) * 1_000_000_000L + time.getNanos();
                frames.add(line(ns, handle.getOriginalLength(), bytes));
            }
        } catch (EOFException e) {
            return frames;
        } catch (NotOpenException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static String line(long ns, int wireLength, byte[] bytes) {
        return ns + " " + wireLength + " " + bytes.length + " " + Arrays.hashCode(bytes);
    }

    private static byte[] packet(Random random) {
        ByteBuffer packet = ByteBuffer.allocate(400);
        packet.put(new byte[random.nextInt(24)]);
        ByteBuffer rest = packet.slice();
        int length = TestPackets.write(
                rest,
                "198.19.7.7",
                1 + random.nextInt(65535),
                "198.18.5.2",
                80,
                random.nextInt(),
                16,
                random.nextInt(200));
        return Arrays.copyOf(packet.array(), packet.position() + length);
    }

    private static byte[] pcap(Random random) {
        ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        boolean nano = random.nextBoolean();
        ByteBuffer file = ByteBuffer.allocate(8_000).order(order);
        file.putInt(nano ? 0xa1b23c4d : 0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0);
        file.putInt(65535).putInt(LINK_TYPES[random.nextInt(LINK_TYPES.length)]);
        for (int i = random.nextInt(8); i > 0; i--) {
            byte[] packet = packet(random);
            file.putInt(random.nextInt() & 0x7fffffff).putInt(random.nextInt(nano ? 1_000_000_000 : 1_000_000));
            file.putInt(packet.length)
                    .putInt(packet.length + random.nextInt(2) * 100)
                    .put(packet);
        }
        return Arrays.copyOf(file.array(), file.position());
    }

    private static byte[] pcapng(Random random) {
        ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer file = ByteBuffer.allocate(16_000).order(order);
        file.putInt(0x0a0d0d0a)
                .putInt(28)
                .putInt(0x1a2b3c4d)
                .putShort((short) 1)
                .putShort((short) 0)
                .putLong(-1);
        file.putInt(28);
        int linkType = LINK_TYPES[random.nextInt(LINK_TYPES.length)];
        boolean isRaw = linkType == 12 || linkType == 14 || linkType == 101; // libpcap refuses two of these
        int interfaces = isRaw ? 1 : 1 + random.nextInt(2);
        for (int i = 0; i < interfaces; i++) {
            file.putInt(1)
                    .putInt(32)
                    .putShort((short) linkType)
                    .putShort((short) 0)
                    .putInt(65535);
            file.putShort((short) 9)
                    .putShort((short) 1)
                    .put((byte) (i == 0 ? 9 : 6))
                    .put(new byte[3]);
            file.putInt(0).putInt(32);
        }
        for (int i = random.nextInt(8); i > 0; i--) {
            block(file, random, interfaces);
        }
        return Arrays.copyOf(file.array(), file.position());
    }

    private static void block(ByteBuffer file, Random random, int interfaces) {
        byte[] packet = packet(random);
        int padded = (packet.length + 3) & ~3;
        switch (random.nextInt(3)) {
            case 0 -> file.putInt(5).putInt(16).putInt(0).putInt(16); // statistics: no packet
            default -> {
                file.putInt(6).putInt(32 + padded).putInt(random.nextInt(interfaces));
                long units = (random.nextInt() & 0x7fffffffL) * 1000;
                file.putInt((int) (units >>> 32))
                        .putInt((int) units)
                        .putInt(packet.length)
                        .putInt(packet.length);
                file.put(packet).put(new byte[padded - packet.length]).putInt(32 + padded);
            }
        }
    }
}
