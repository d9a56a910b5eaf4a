// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One frame of a capture file, filled by a {@link FrameReader} again and again. Owned by one thread. */
final class CaptureFrame {
    /** The longest frame that libpcap writes (MAXIMUM_SNAPLEN); what claims to be longer is damage. */
    static final int MAX_BYTES = 262_144;

    final byte[] bytes = new byte[MAX_BYTES];
    /** The same bytes, big-endian. */
    final ByteBuffer buffer = ByteBuffer.wrap(bytes);

    int length;
    /** Bytes the frame had before the capture cut it. */
    int wireLength;
    /** Nanoseconds since 1970. */
    long timestampNs;
    /** Null when it is not one of those known here. */
    LinkLayer link;
    /** The link type's number, known or not. */
    int linkType;

    /** Sets the lengths, and reads the bytes that are there. */
    void read(CaptureInput input, long captured, long wire) throws IOException {
        if (captured > MAX_BYTES) {
            throw new IOException("a packet claims " + captured + " bytes, more than any capture keeps");
        }
        length = (int) captured;
        wireLength = (int) Math.max(captured, Math.min(wire, Integer.MAX_VALUE));
        input.read(bytes, 0, length);
    }

    void linkType(int number) {
        linkType = number;
        link = LinkLayer.of(number);
    }
}
