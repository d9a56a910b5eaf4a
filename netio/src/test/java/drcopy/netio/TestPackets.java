// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.SegmentBuilder;
import java.nio.ByteBuffer;

/** Segments in one line. */
final class TestPackets {
    static final int SYN = 0x02;
    static final int ACK = 0x10;

    private TestPackets() {}

    /** Writes a segment at index 0 of {@code out} and returns its length. */
    static int write(
            ByteBuffer out,
            String source,
            int sourcePort,
            String destination,
            int destinationPort,
            int seq,
            int flags,
            int payload) {
        return SegmentBuilder.segment(source, sourcePort, destination, destinationPort)
                .seq(seq)
                .flags(flags)
                .payload(payload)
                .write(out, 0);
    }
}
