// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads pcap files (draft-ietf-opsawg-pcap), of either byte order, with microseconds or nanoseconds.
 *
 * <pre>
 * file:    0 magic  4 version  8 reserved  16 snaplen  20 link type (low 16 bits)
 * record:  0 seconds  4 fraction  8 captured length  12 length on the wire
 * </pre>
 */
final class PcapReader implements FrameReader {
    static final int MAGIC_MICROSECONDS = 0xa1b2c3d4;
    static final int MAGIC_NANOSECONDS = 0xa1b23c4d;

    private static final int REST_OF_HEADER = 20;
    private static final int RECORD_HEADER = 16;

    private final CaptureInput input;
    private final long fractionNs;
    private final byte[] header = new byte[REST_OF_HEADER];
    private final ByteBuffer fields;

    /** @param input behind the magic number */
    PcapReader(CaptureInput input, ByteOrder order, boolean hasNanoseconds, CaptureFrame frame) throws IOException {
        this.input = input;
        fractionNs = hasNanoseconds ? 1 : 1_000;
        fields = ByteBuffer.wrap(header).order(order);
        input.read(header, 0, REST_OF_HEADER);
        frame.linkType(fields.getInt(16) & 0xffff);
    }

    @Override
    public boolean next(CaptureFrame frame) throws IOException {
        if (input.isAtEnd()) {
            return false;
        }
        input.read(header, 0, RECORD_HEADER);
        long seconds = fields.getInt(0) & 0xffffffffL;
        frame.timestampNs = seconds * 1_000_000_000L + (fields.getInt(4) & 0xffffffffL) * fractionNs;
        frame.read(input, fields.getInt(8) & 0xffffffffL, fields.getInt(12) & 0xffffffffL);
        return true;
    }

    @Override
    public String format() {
        return "pcap";
    }
}
