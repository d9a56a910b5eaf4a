// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.wire.FlowKey;
import java.util.HashSet;
import java.util.Set;

/** Keeps a fault of ours within its session: the session is abandoned, the fault counted, and each kind told once. */
final class Containment {
    private static final int KINDS_TOLD = 64;

    private final Books books;
    private final Lifecycle lifecycle;
    private final ErrorSink errors;
    private final Set<String> told = new HashSet<>();

    Containment(Books books, Lifecycle lifecycle, ErrorSink errors) {
        this.books = books;
        this.lifecycle = lifecycle;
        this.errors = errors;
    }

    /** A fault while a segment was taken, whose session may not be there yet. */
    void contain(FlowKey key, int instanceId, RuntimeException fault) {
        if (books.isAtHand()) {
            books.drop(DropReason.INTERNAL);
        }
        Session session = lifecycle.sessions().find(key, instanceId);
        if (session == null) {
            books.count(CopierCounter.INTERNAL_ERRORS);
            tell(key, fault);
        } else {
            contain(session, fault);
        }
    }

    void contain(Session session, RuntimeException fault) {
        books.count(CopierCounter.INTERNAL_ERRORS);
        tell(session.key, fault);
        lifecycle.abandon(session);
    }

    private void tell(FlowKey session, RuntimeException fault) {
        StackTraceElement[] stack = fault.getStackTrace();
        String kind = fault.getClass().getName() + (stack.length == 0 ? "" : " " + stack[0]);
        if (told.size() < KINDS_TOLD && told.add(kind)) {
            errors.onError(session, fault);
        }
    }
}
