// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads one format of capture files, frame by frame. Owned by one thread. */
interface FrameReader {
    /**
     * Reads the next frame.
     *
     * @return false at the end of the file
     * @throws java.io.EOFException when the file ends inside a record
     * @throws IOException when what follows makes no sense, or cannot be read
     */
    boolean next(CaptureFrame frame) throws IOException;

    /** The format's name. */
    String format();

    /**
     * A reader for what the file's first bytes say that it is; null when that is neither pcap nor pcapng.
     *
     * @throws java.io.EOFException when the file ends inside its header
     */
    static FrameReader of(CaptureInput input, CaptureFrame frame) throws IOException {
        byte[] magic = new byte[4];
        input.read(magic, 0, 4);
        int number = ByteBuffer.wrap(magic).getInt();
        if (number == PcapngReader.SECTION_HEADER) {
            return new PcapngReader(input);
        }
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            int ordered = ByteBuffer.wrap(magic).order(order).getInt();
            if (ordered == PcapReader.MAGIC_MICROSECONDS || ordered == PcapReader.MAGIC_NANOSECONDS) {
                return new PcapReader(input, order, ordered == PcapReader.MAGIC_NANOSECONDS, frame);
            }
        }
        return null;
    }
}
