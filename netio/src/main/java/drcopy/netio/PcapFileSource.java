// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.Reassembly;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * The IP packets of a pcap or pcapng file, also when it is compressed by gzip, read as they are asked for: memory does not depend
 * on its size. Frames that carry no IP are passed over and counted. What came in fragments is put together, and comes with the last
 * of them. A file that breaks off or is damaged ends there; {@link
 * #defect} tells. Owned by one thread, except {@link #position}.
 */
public final class PcapFileSource implements PacketSource {
    private final CaptureFrame frame = new CaptureFrame();
    private final CaptureInput input;
    private final FrameReader reader;
    private final BpfFilter filter;
    private final Reassembly fragments;
    private final IpPacket look = new IpPacket();
    private Reassembly.Lost lost = (isDatagram, hi, lo, port) -> {};
    private boolean hasFirst;
    private boolean isAtEnd;
    private ByteBuffer packet;
    private int offset;
    private int length;
    private int wireLength;
    private long framesWithoutIp;
    private String defect;

    /**
     * Opens a file.
     *
     * @param filter pcap-filter(7) text over packets that begin with their IP header; empty takes all
     * @throws BadCaptureFileException when it is missing, is no capture file, or its link type is not one of those known here
     * @throws FilterException when the filter does not compile
     */
    public PcapFileSource(Path path, String filter) {
        this.filter = filter.isBlank() ? null : BpfFilter.compile(filter);
        fragments = new Reassembly(false, (isDatagram, hi, lo, port) -> lost.onLost(isDatagram, hi, lo, port));
        input = open(path);
        try {
            reader = FrameReader.of(input, frame);
            refuse(reader == null, path, "is neither pcap nor pcapng");
            hasFirst = advance();
            boolean isUnknown = frame.link == null && (hasFirst || "pcap".equals(reader.format()));
            refuse(
                    isUnknown,
                    path,
                    "has link type " + frame.linkType + ", not Ethernet, Linux cooked, loopback or raw IP");
        } catch (EOFException e) {
            throw closedFor(path, "is neither pcap nor pcapng: it ends inside its header", e);
        } catch (IOException e) {
            throw closedFor(path, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static CaptureInput open(Path path) {
        try {
            return new CaptureInput(path);
        } catch (NoSuchFileException e) {
            throw refusal(path, "cannot be read: there is no such file", e);
        } catch (IOException e) {
            throw refusal(path, "cannot be read: " + e.getMessage(), e);
        }
    }

    private void refuse(boolean isBad, Path path, String why) {
        if (isBad) {
            throw closedFor(path, why, null);
        }
    }

    private BadCaptureFileException closedFor(Path path, String why, IOException cause) {
        close();
        return refusal(path, why, cause);
    }

    private static BadCaptureFileException refusal(Path path, String why, IOException cause) {
        return new BadCaptureFileException(path, why, cause);
    }

    /** Reads the next frame of whatever kind; false at the end, for which {@link #defect} may have a reason. */
    private boolean advance() {
        if (isAtEnd) {
            return false;
        }
        try {
            isAtEnd = !reader.next(frame);
        } catch (EOFException e) {
            end("it breaks off inside a packet, at byte " + input.position());
        } catch (ZipException e) {
            end("its compressed data is damaged: " + e.getMessage());
        } catch (IOException e) {
            end("it is damaged before byte " + input.position() + ": " + e.getMessage());
        }
        return !isAtEnd;
    }

    private void end(String why) {
        isAtEnd = true;
        defect = why;
    }

    /**
     * Moves on to the next packet that the filter takes.
     *
     * @return false at the end
     */
    public boolean next() {
        while (hasFirst || advance()) {
            hasFirst = false;
            offset = frame.link == null ? -1 : frame.link.ipOffset(frame.buffer, frame.length);
            if (offset < 0) {
                framesWithoutIp++;
                continue;
            }
            packet = frame.buffer;
            length = frame.length - offset;
            wireLength = frame.wireLength - offset;
            boolean isFragment = look.wrapHeaders(packet, offset, length, wireLength) == PacketDefect.FRAGMENT;
            if ((!isFragment || isPutTogether())
                    && (filter == null || filter.matches(packet, offset, length, wireLength))) {
                return true;
            }
        }
        fragments.end();
        return false;
    }

    /** From now on this hears of packets of TCP that their fragments did not make whole. */
    public PcapFileSource onLost(Reassembly.Lost listener) {
        lost = listener;
        return this;
    }

    /** True when the fragment at hand made a packet whole, which takes its place. */
    private boolean isPutTogether() {
        fragments.tick(frame.timestampNs);
        if (!fragments.add(packet, offset, length)) {
            return false;
        }
        packet = fragments.buffer();
        offset = fragments.offset();
        length = fragments.length();
        wireLength = length;
        return true;
    }

    /** When the packet that {@link #next} came to was captured, nanoseconds since 1970. */
    public long timestampNs() {
        return frame.timestampNs;
    }

    /** Hands over the packet that {@link #next} came to. Its bytes belong to the caller, who may change them. */
    public void handTo(PacketHandler handler) {
        handler.onPacket(packet, offset, length, wireLength, frame.timestampNs);
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        int done = 0;
        while (done < limit && next()) {
            handTo(handler);
            done++;
        }
        return done;
    }

    /** True when there is nothing more to come. */
    public boolean isAtEnd() {
        return isAtEnd;
    }

    /** Why the file ended before its end: a clause. */
    public Optional<String> defect() {
        return Optional.ofNullable(defect);
    }

    /** Frames so far that carry no IP. */
    public long framesWithoutIp() {
        return framesWithoutIp;
    }

    /** The format's name: pcap or pcapng. */
    public String format() {
        return reader.format();
    }

    /** Bytes of the file read so far, as it lies on the disk. Any thread. */
    public long position() {
        return input.position();
    }

    /** Bytes of the file, as it lies on the disk. */
    public long size() {
        return input.size();
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
        try {
            input.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
