// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A capture as it would have been, had everything taken longer. */
final class SlowedCapture {
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int MICROSECONDS = 0xa1b2c3d4;
    private static final long MICROS = 1_000_000;
    private static final int BUFFER = 1 << 20;

    private SlowedCapture() {}

    /** Writes a pcap file of this machine's byte order and microseconds, as tcpdump's are, with all times since the first packet {@code factor} times as long. */
    static Path of(Path capture, int factor) {
        Path slowed = capture.resolveSibling("slowed.pcap");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(capture), BUFFER);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(slowed), BUFFER)) {
            byte[] head = in.readNBytes(FILE_HEADER);
            if (ByteBuffer.wrap(head).order(ByteOrder.nativeOrder()).getInt() != MICROSECONDS) {
                throw new IllegalStateException(capture + ": not a pcap file with microseconds");
            }
            out.write(head);
            copyRecords(in, out, factor);
            return slowed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyRecords(InputStream in, OutputStream out, int factor) throws IOException {
        long firstMicros = -1;
        byte[] head = in.readNBytes(RECORD_HEADER);
        while (head.length == RECORD_HEADER) {
            ByteBuffer record = ByteBuffer.wrap(head).order(ByteOrder.nativeOrder());
            long micros = record.getInt(0) * MICROS + record.getInt(4);
            firstMicros = firstMicros < 0 ? micros : firstMicros;
            micros = firstMicros + (micros - firstMicros) * factor;
            record.putInt(0, (int) (micros / MICROS)).putInt(4, (int) (micros % MICROS));
            out.write(head);
            out.write(in.readNBytes(record.getInt(8)));
            head = in.readNBytes(RECORD_HEADER);
        }
    }
}
