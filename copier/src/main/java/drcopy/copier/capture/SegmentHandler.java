// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import drcopy.copier.session.SegmentView;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;

/** Takes the segments of transferred services, on the thread that polls the capture. */
@FunctionalInterface
public interface SegmentHandler {
    /** A client's segment to online; the view is valid during the call only. */
    void onClientSegment(SegmentView segment);

    /** A client's datagram to online, in the place of a segment; the view is valid during the call only. */
    default void onClientDatagram(SegmentView datagram) {}

    /**
     * A segment of online to a client, of those that are captured; valid during the call only.
     *
     * @param key the session's: client and online
     * @param shown bytes of the payload that were captured
     */
    default void onOnlineSegment(FlowKey key, IpPacket packet, int shown) {}
}
