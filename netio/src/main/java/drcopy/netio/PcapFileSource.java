// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Timestamp;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;

/**
 * The packets of a pcap or pcapng file, also when it is compressed by gzip, read by libpcap through pcap4j. Frames that carry
 * no IP are passed over. A file that breaks off or is damaged ends there; {@link #defect} tells. Owned by one thread.
 */
public final class PcapFileSource implements PacketSource {
    private final PcapHandle handle;
    private final LinkLayer link;
    private boolean isAtEnd;
    private String defect;

    /**
     * Opens a file.
     *
     * @param filter pcap-filter(7) text for the file's link type; empty takes all
     * @throws IllegalArgumentException when it is missing, is no capture file, or its link type is not one of those known here
     * @throws FilterException when the filter does not compile
     */
    public PcapFileSource(Path path, String filter) {
        handle = open(path);
        link = LinkLayer.of(handle.getDlt().value());
        if (link == null) {
            String name = handle.getDlt().name();
            handle.close();
            throw new IllegalArgumentException("capture file '" + path + "' has link type " + name
                    + ", which is not Ethernet, Linux cooked, loopback or raw IP");
        }
        try {
            if (!filter.isBlank()) {
                handle.setFilter(filter, BpfCompileMode.OPTIMIZE);
            }
        } catch (PcapNativeException | NotOpenException e) {
            handle.close();
            throw (FilterException) new FilterException(filter, e.getMessage()).initCause(e);
        }
    }

    private static PcapHandle open(Path path) {
        Path unpacked = null;
        try {
            unpacked = unpackedCopy(path);
            return Pcaps.openOffline(
                    (unpacked == null ? path : unpacked).toString(), PcapHandle.TimestampPrecision.NANO);
        } catch (IOException | PcapNativeException e) {
            throw new IllegalArgumentException("capture file '" + path + "' cannot be read: " + e.getMessage(), e);
        } finally {
            deleteWhileOpen(unpacked);
        }
    }

    /** The contents of a gzip file in a temporary one; null when it is not compressed. */
    private static Path unpackedCopy(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] magic = in.readNBytes(2);
            if (magic.length < 2 || (magic[0] & 0xff) != 0x1f || (magic[1] & 0xff) != 0x8b) {
                return null;
            }
        }
        Path copy = Files.createTempFile("drcopy-", ".pcap");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            return copy;
        } catch (IOException e) {
            deleteWhileOpen(copy);
            throw e;
        }
    }

    /** Its name goes at once; its bytes stay as long as it is open. */
    private static void deleteWhileOpen(Path path) {
        try {
            if (path != null) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            path.toFile().deleteOnExit();
        }
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        int done = 0;
        while (done < limit && !isAtEnd) {
            ByteBuffer frame = next();
            if (frame == null) {
                break;
            }
            int offset = link.ipOffset(frame, frame.capacity());
            if (offset >= 0) {
                done++;
                int wireLength = handle.getOriginalLength() - offset;
                handler.onPacket(frame, offset, frame.capacity() - offset, wireLength, nanoseconds());
            }
        }
        return done;
    }

    private ByteBuffer next() {
        try {
            return ByteBuffer.wrap(handle.getNextRawPacketEx());
        } catch (EOFException e) {
            isAtEnd = true;
        } catch (PcapNativeException | TimeoutException | NotOpenException e) {
            isAtEnd = true;
            defect = e.getMessage();
        }
        return null;
    }

    private long nanoseconds() {
        Timestamp time = handle.getTimestamp();
        return Math.floorDiv(time.getTime(), 1000L) * 1_000_000_000L + time.getNanos();
    }

    /** True when there is nothing more to come. */
    public boolean isAtEnd() {
        return isAtEnd;
    }

    /** Why the file ended before its end, in libpcap's words. */
    public Optional<String> defect() {
        return Optional.ofNullable(defect);
    }

    /** A file never waits: -1. */
    @Override
    public int fileDescriptor() {
        return -1;
    }

    /** A file loses nothing: 0. */
    @Override
    public long kernelDrops() {
        return 0;
    }

    @Override
    public void close() {
        isAtEnd = true;
        handle.close();
    }
}
