// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;

/**
 * One captured segment from a client, as the engine sees it: the packet, the session's key, and where its replicas go. Filled
 * by the capture stage, valid during the engine call only.
 */
public final class SegmentView {
    /** {@link #capturedNs} of a live capture: the engine's own time. */
    public static final long NOW = Long.MIN_VALUE;

    /** The whole packet; it wrapped without a defect and its payload is all there. */
    public final IpPacket packet = new IpPacket();
    /** The session: client address and port, online address and port, as captured. */
    public final FlowKey key = new FlowKey();
    /** False when the session is outside the sampled share: it is not taken up, and goes on if it was. */
    public boolean isSampled = true;
    /** Whether the copier, beyond its budget, leaves a new session with this key out. */
    public boolean isShed;
    /** Where the session's replicas go. */
    public Target target;
    /** The client's address toward the target: as captured, or replaced. Of the target's address family. */
    public long sourceHi;
    /** Low half of {@link #sourceHi}. */
    public long sourceLo;
    /**
     * When the client sent it, nanoseconds on any clock of the capture's, for a replay that is faster or slower than the client
     * was: its silences are those of the capture. {@link #NOW} when it is just happening.
     */
    public long capturedNs = NOW;
}
