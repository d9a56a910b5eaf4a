// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/** The states of a replica (RFC 9293 section 3.3.2), seen from the copier's end: LISTEN and SYN_RECEIVED do not occur. */
public enum TcpState {
    CLOSED,
    SYN_SENT,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT;

    /** True when the table of docs/SESSION.md has an arrow from this state to {@code next}. Every state may end in CLOSED. */
    boolean mayBecome(TcpState next) {
        return switch (this) {
            case CLOSED -> next == SYN_SENT;
            case SYN_SENT -> next == ESTABLISHED || next == CLOSED;
            case ESTABLISHED -> next == FIN_WAIT_1 || next == CLOSE_WAIT || next == CLOSED;
            case FIN_WAIT_1 -> next == FIN_WAIT_2 || next == CLOSING || next == TIME_WAIT || next == CLOSED;
            case FIN_WAIT_2, CLOSING -> next == TIME_WAIT || next == CLOSED;
            case CLOSE_WAIT -> next == LAST_ACK || next == CLOSED;
            case LAST_ACK, TIME_WAIT -> next == CLOSED;
        };
    }

    /** True in the states in which both ends know each other's sequence numbers and the connection is not over. */
    boolean isSynchronized() {
        return switch (this) {
            case CLOSED, SYN_SENT, TIME_WAIT -> false;
            case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK -> true;
        };
    }
}
