// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledgers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator must know of the traffic itself: a sentence in the log each, once. Owned by the first shard's thread. */
final class Remarks {
    private static final Logger LOG = LoggerFactory.getLogger(Remarks.class);

    private final Ledgers ledgers;
    private boolean hasToldMultipath;

    Remarks(Ledgers ledgers) {
        this.ledgers = ledgers;
    }

    /** Looks whether there is something to tell. */
    void tick() {
        if (!hasToldMultipath && ledgers.value(CopierCounter.SESSIONS_MPTCP) > 0) {
            hasToldMultipath = true;
            LOG.warn("clients speak Multipath TCP with online, and such sessions are left out (drops MPTCP);"
                    + " they are copied when online does not offer it: see DrcopyMultipath in OPERATIONS");
        }
    }
}
