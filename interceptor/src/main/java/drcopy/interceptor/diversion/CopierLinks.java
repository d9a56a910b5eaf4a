// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.routing.RouteBook;
import drcopy.interceptor.stream.AttachedStream;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The attached streams, by their number and by their object. Owned by the diversion thread. */
final class CopierLinks implements RouteBook.Succession {
    private final CopierLink[] bySlot;
    private final Map<AttachedStream, CopierLink> byStream = new HashMap<>();
    private final PendingBudget budget;
    private int highest;

    CopierLinks(int maxStreams, PendingBudget budget) {
        bySlot = new CopierLink[maxStreams + 1];
        this.budget = budget;
    }

    /** Gives the stream a number. There is one free: the inbox admits no more streams than there are. */
    CopierLink open(AttachedStream stream) {
        int slot = 1;
        while (bySlot[slot] != null) {
            slot++;
        }
        CopierLink link = new CopierLink(stream, slot, budget);
        bySlot[slot] = link;
        highest = Math.max(highest, slot);
        byStream.put(stream, link);
        return link;
    }

    void close(CopierLink link) {
        bySlot[link.slot()] = null;
        while (highest > 0 && bySlot[highest] == null) {
            highest--;
        }
        byStream.remove(link.stream());
    }

    /** Null when the stream has ended here already. */
    CopierLink find(AttachedStream stream) {
        return byStream.get(stream);
    }

    /** The highest number in use; 0 without a stream. */
    int highest() {
        return highest;
    }

    CopierLink at(int slot) {
        return bySlot[slot];
    }

    Collection<CopierLink> all() {
        return Collections.unmodifiableCollection(byStream.values());
    }

    int size() {
        return byStream.size();
    }

    /** The same process. Two of the same name are two copiers: a flow of one that lives is none of the other's. */
    @Override
    public boolean succeeds(int claimant, int holder) {
        return bySlot[claimant].incarnation() == bySlot[holder].incarnation();
    }
}
