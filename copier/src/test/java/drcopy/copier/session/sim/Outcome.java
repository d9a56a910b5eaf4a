// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import static drcopy.copier.session.sim.SimFailure.check;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What the model target took of each conversation. */
final class Outcome {
    private final Ledger ledger;
    private final List<BitSet> taken = new ArrayList<>();
    private int requests;

    Outcome(Ledger ledger, int conversations) {
        this.ledger = ledger;
        for (int i = 0; i < conversations; i++) {
            taken.add(new BitSet());
        }
    }

    /** The target has a request whole. */
    void took(Conversation said, int request) {
        BitSet set = taken.get(said.index);
        check(!set.get(request), said + ": request " + request + " was delivered twice");
        check(set.length() <= request, said + ": request " + request + " was delivered after a later one");
        set.set(request);
        requests++;
    }

    boolean wereHoldsExpired() {
        return ledger.value(CopierCounter.HOLDS_EXPIRED) > 0;
    }

    /** Requests the target took, of all conversations. */
    int requests() {
        return requests;
    }

    int requests(Conversation said) {
        return taken.get(said.index).cardinality();
    }

    String missing(Conversation said) {
        BitSet not = (BitSet) taken.get(said.index).clone();
        not.flip(0, said.requests.size());
        return not.toString();
    }
}
