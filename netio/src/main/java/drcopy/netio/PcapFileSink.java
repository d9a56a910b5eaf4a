// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongSupplier;

/**
 * Writes packets to a pcap file with nanosecond times, link type RAW (101), as draft-ietf-opsawg-pcap describes. A packet that
 * the disk does not take is counted as EIO and gone. Owned by one thread.
 */
public final class PcapFileSink implements PacketSink {
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int LINK_TYPE_RAW = 101;
    private static final int MAX_PACKET = 65536;
    private static final int RECORD_HEADER = 16;
    private static final int BATCH_BYTES = 256 * 1024;

    private final FileChannel file;
    private final LongSupplier epochNs;
    private final SendErrors errors = new SendErrors();
    private final ByteBuffer batch = ByteBuffer.allocateDirect(BATCH_BYTES);
    private int packets;

    /**
     * Makes the file, or begins it again.
     *
     * @param epochNs gives each packet its time, nanoseconds since 1970
     * @throws IllegalArgumentException when it cannot be written
     */
    public PcapFileSink(Path path, LongSupplier epochNs) {
        this.epochNs = epochNs;
        try {
            file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.BIG_ENDIAN);
            header.putInt(MAGIC_NANOSECONDS).putShort((short) 2).putShort((short) 4);
            header.putInt(16, MAX_PACKET).putInt(20, LINK_TYPE_RAW).rewind();
            file.write(header);
        } catch (IOException e) {
            throw new IllegalArgumentException("capture file '" + path + "' cannot be written: " + e, e);
        }
    }

    @Override
    public ByteBuffer claim() {
        if (batch.capacity() - batch.position() < RECORD_HEADER + MAX_PACKET) {
            flush();
        }
        return batch.slice(batch.position() + RECORD_HEADER, MAX_PACKET);
    }

    @Override
    public void commit(int length) {
        long now = epochNs.getAsLong();
        batch.putInt((int) (now / 1_000_000_000L)).putInt((int) (now % 1_000_000_000L));
        batch.putInt(length).putInt(length);
        batch.position(batch.position() + length);
        packets++;
    }

    @Override
    public void flush() {
        batch.flip();
        try {
            while (batch.hasRemaining()) {
                file.write(batch);
            }
        } catch (IOException e) {
            errors.add(Errno.EIO.number(), packets);
        }
        batch.clear();
        packets = 0;
    }

    /** Packets that were not written. Any thread. */
    public SendErrors errors() {
        return errors;
    }

    @Override
    public void close() {
        flush();
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
