// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import drcopy.copier.session.SegmentView;

/** Takes the segments of transferred services, on the thread that polls the capture. */
@FunctionalInterface
public interface SegmentHandler {
    /** A client's segment to online; the view is valid during the call only. */
    void onClientSegment(SegmentView segment);
}
