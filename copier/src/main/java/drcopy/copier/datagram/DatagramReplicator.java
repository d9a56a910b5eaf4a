// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.datagram;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.PortTable;
import drcopy.copier.session.SegmentSink;
import drcopy.copier.session.SegmentView;

/**
 * Sends each captured datagram to the target, once per instance ID, from the client's address and the port that the ID prefers.
 * Two clients may meet on one port, which harms nothing: there is no session that they could disturb. Allocates nothing.
 */
public final class DatagramReplicator {
    private final Ledger ledger;
    private final DatagramWriter writer;
    private int[] ids;

    /** @param mtu longest packet toward the target, bytes */
    public DatagramReplicator(int mtu, Ledger ledger, SegmentSink out, int... ids) {
        this.ledger = ledger;
        this.writer = new DatagramWriter(mtu, out);
        this.ids = ids.clone();
    }

    /** What comes from now on is sent under these IDs. */
    public void useInstances(int... instanceIds) {
        ids = instanceIds.clone();
    }

    /** @param datagram its packet holds the whole of a UDP datagram */
    public void onClientDatagram(SegmentView datagram) {
        for (int id : ids) {
            ledger.count(CopierCounter.DATAGRAMS_CAPTURED);
            if (!datagram.isSampled) {
                ledger.dropDatagram(DropReason.NOT_SAMPLED);
            } else if (datagram.isShed) {
                ledger.dropDatagram(DropReason.SHED);
            } else {
                writer.write(datagram, PortTable.preferredPort(datagram.key.clientPort, id));
                ledger.count(CopierCounter.DATAGRAMS_SENT);
            }
        }
    }
}
