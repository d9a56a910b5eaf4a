// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import static drcopy.copier.session.sim.SimFailure.check;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** What the model target took of each conversation, from each of its replicas. */
final class Outcome {
    private final Ledger ledger;
    private final int[] instances;
    /** By conversation, then by instance: the requests taken whole. */
    private final List<BitSet[]> taken = new ArrayList<>();

    Outcome(Ledger ledger, int conversations, int[] instances) {
        this.ledger = ledger;
        this.instances = instances;
        for (int i = 0; i < conversations; i++) {
            BitSet[] sets = new BitSet[instances.length];
            Arrays.setAll(sets, n -> new BitSet());
            taken.add(sets);
        }
    }

    /** The target has a request whole. */
    void took(Conversation said, int instance, int request) {
        BitSet set = taken.get(said.index)[Arrays.binarySearch(instances, instance)];
        check(!set.get(request), said + ": request " + request + " was delivered twice");
        check(set.length() <= request, said + ": request " + request + " was delivered after a later one");
        set.set(request);
    }

    boolean wereHoldsExpired() {
        return ledger.value(CopierCounter.HOLDS_EXPIRED) > 0;
    }

    /** Every replica of the conversation has delivered all requests. */
    void checkAllTaken(Conversation said) {
        for (BitSet set : taken.get(said.index)) {
            BitSet missing = (BitSet) set.clone();
            missing.flip(0, said.requests.size());
            check(missing.isEmpty(), said + ": requests " + missing + " were not delivered");
        }
    }
}
