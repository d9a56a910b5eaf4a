// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.nio.ByteBuffer;

/** Where the engine's packets go. Called by the shard thread from within an engine call. */
public interface SegmentSink {
    /** Room for one packet of at most the configured MTU: big-endian, written from index 0 by absolute puts. */
    ByteBuffer claim();

    /** The claimed room holds a packet of {@code length} bytes, IP header first, checksums complete. */
    void commit(int length);
}
