// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import drcopy.copier.config.Transfers;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.wire.Reassembly;

/** Books what fragments did not make whole, as far as it went, or may have gone, to a copied service. Owned by the shard thread. */
public final class LostFragments implements Reassembly.Lost {
    private final Transfers transfers;
    private final Ledger ledger;

    public LostFragments(Transfers transfers, Ledger ledger) {
        this.transfers = transfers;
        this.ledger = ledger;
    }

    @Override
    public void onLost(boolean isDatagram, long destinationHi, long destinationLo, int destinationPort) {
        if (transfers.findLost(destinationHi, destinationLo, destinationPort) == null) {
            return;
        }
        if (isDatagram) {
            ledger.count(CopierCounter.DATAGRAMS_CAPTURED);
            ledger.dropDatagram(DropReason.FRAGMENT);
        } else {
            ledger.count(CopierCounter.SEGMENTS_CAPTURED);
            ledger.drop(DropReason.FRAGMENT, 1, 0);
        }
    }
}
