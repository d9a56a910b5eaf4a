// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * tcpdump on a host, on all its devices, into a file that can be read while it grows. The lab's own judge of what
 * is on a wire: none of the product's capture code takes part.
 */
public final class Capture implements AutoCloseable {
    /** Takes the packets of a capture in their order. */
    @FunctionalInterface
    public interface PacketReader {
        /**
         * One packet.
         *
         * @param ns its time since the epoch
         * @param isOutgoing whether this host sent it
         * @param length bytes on the wire, from its IP header on
         * @param packet from its IP header on, big-endian, as far as captured
         */
        void packet(long ns, boolean isOutgoing, int length, ByteBuffer packet);
    }

    private static final String HEADERS = "128";
    private static final String WHOLE = "262144";
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    /** LINKTYPE_LINUX_SLL2: protocol at 0, packet type at 10 (4 = outgoing), 20 bytes. */
    private static final int LINKTYPE_SLL2 = 276;

    private static final int SLL2_LENGTH = 20;
    private static final int SLL2_PACKET_TYPE = 10;
    private static final int OUTGOING = 4;

    private final HostProcess process;
    private final Path file;

    private Capture(HostProcess process, Path file) {
        this.process = process;
        this.file = file;
    }

    /** Starts a capture of headers; it sees what comes from now on. */
    public static Capture start(Lab lab, String host, String name, String filter) {
        return start(lab, host, name, HEADERS, filter);
    }

    /** Starts a capture of whole packets. */
    public static Capture whole(Lab lab, String host, String name, String filter) {
        return start(lab, host, name, WHOLE, filter);
    }

    private static Capture start(Lab lab, String host, String name, String snaplen, String filter) {
        Path file = lab.folder().resolve(name + ".pcap");
        HostProcess process = lab.start(
                host,
                name + ".log",
                List.of(
                        "tcpdump",
                        "--time-stamp-precision=nano",
                        "-Z",
                        "root",
                        "-B",
                        "32768",
                        "-i",
                        "any",
                        "-n",
                        "-p",
                        "-s",
                        snaplen,
                        "-U",
                        "-w",
                        file.toString(),
                        filter));
        Await.until("tcpdump on " + host + " listens", Duration.ofSeconds(30), () -> process.output()
                .contains("listening on"));
        return new Capture(process, file);
    }

    /** Hands over every whole packet captured so far. */
    public void read(PacketReader reader) {
        ByteBuffer bytes = bytes();
        if (bytes.limit() < FILE_HEADER) {
            return;
        }
        if (bytes.getInt(0) != MAGIC_NANOSECONDS || bytes.getInt(20) != LINKTYPE_SLL2) {
            throw new IllegalStateException(file + ": not a cooked nanosecond capture of this machine");
        }
        int at = FILE_HEADER;
        while (at + RECORD_HEADER <= bytes.limit()) {
            int length = bytes.getInt(at + 8);
            int frame = at + RECORD_HEADER;
            if (frame + length > bytes.limit()) {
                return;
            }
            long ns = (bytes.getInt(at) & 0xffffffffL) * 1_000_000_000 + bytes.getInt(at + 4);
            boolean isOutgoing = bytes.get(frame + SLL2_PACKET_TYPE) == OUTGOING;
            reader.packet(
                    ns,
                    isOutgoing,
                    bytes.getInt(at + 12) - SLL2_LENGTH,
                    bytes.slice(frame + SLL2_LENGTH, length - SLL2_LENGTH).order(ByteOrder.BIG_ENDIAN));
            at = frame + length;
        }
    }

    private ByteBuffer bytes() {
        try {
            byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
