// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * The bytes of a capture file, unpacked on the way when it is compressed by gzip, in a buffer of fixed size. Owned by one thread,
 * except {@link #position}.
 */
final class CaptureInput implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int GZIP_BUFFER_BYTES = 64 * 1024;
    private static final int GZIP_MAGIC = 0x1f8b;

    private final InputStream in;
    private final Counted counted;
    private final long size;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;

    CaptureInput(Path path) throws IOException {
        size = Files.size(path);
        boolean isPacked = isGzip(path);
        counted = new Counted(Files.newInputStream(path));
        try {
            in = isPacked ? new GZIPInputStream(counted, GZIP_BUFFER_BYTES) : counted;
        } catch (EOFException e) {
            counted.close();
            throw new IOException("it ends inside its gzip header", e);
        } catch (IOException e) {
            counted.close();
            throw e;
        }
    }

    private static boolean isGzip(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] magic = in.readNBytes(2);
            return magic.length == 2 && ((magic[0] & 0xff) << 8 | magic[1] & 0xff) == GZIP_MAGIC;
        }
    }

    /** True when no byte is left. */
    boolean isAtEnd() throws IOException {
        return at == end && !refill();
    }

    private boolean refill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        return end > 0;
    }

    /**
     * Reads exactly {@code length} bytes.
     *
     * @throws EOFException when there are fewer
     */
    void read(byte[] into, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (isAtEnd()) {
                throw new EOFException();
            }
            int piece = Math.min(length - done, end - at);
            System.arraycopy(buffer, at, into, offset + done, piece);
            at += piece;
            done += piece;
        }
    }

    /**
     * Passes over {@code length} bytes.
     *
     * @throws EOFException when there are fewer
     */
    void skip(long length) throws IOException {
        for (long left = length; left > 0; ) {
            if (isAtEnd()) {
                throw new EOFException();
            }
            int piece = (int) Math.min(left, end - at);
            at += piece;
            left -= piece;
        }
    }

    /** Bytes of the file that were read, as it lies on the disk. Any thread. */
    long position() {
        return counted.count;
    }

    /** Bytes of the file on the disk when it was opened. */
    long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Counts what is read from the disk. */
    private static final class Counted extends FilterInputStream {
        private volatile long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            add(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            add(Math.max(0, read));
            return read;
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
        private void add(int bytes) {
            count += bytes;
        }
    }
}
