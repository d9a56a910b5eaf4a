// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.FlowKey;

/** Something found by its 4-tuple and a tag in a {@link FlowTable}. The key does not change while it is in the table. */
abstract class FlowEntry extends TimerEntry {
    final FlowKey key = new FlowKey();
    /** Tells entries of the same 4-tuple apart: the instance ID of a session, 0 for a replica. */
    int tag;
}
