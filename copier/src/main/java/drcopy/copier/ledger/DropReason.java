// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.ledger;

/** Why a captured segment was not delivered to the target. One name from bug to dashboard. */
public enum DropReason {
    /** An acknowledgment, window update or keep-alive probe without new data: the replica makes its own. */
    PURE_ACK("carries no new data; the replica makes its own acknowledgments"),
    /** Bytes, SYN or FIN that an earlier segment brought already. */
    DUPLICATE("its bytes were captured before"),
    /** Not a usable TCP segment. */
    MALFORMED("not a whole, well-formed TCP segment"),
    /** The capture cut it short. */
    SNAPPED("the capture kept only part of it"),
    /** Damaged on the way: online threw it away, too. */
    BAD_CHECKSUM("its checksum is wrong, so online did not take it either"),
    /** It came in fragments, and not all of them, or such that contradict each other. */
    FRAGMENT("it came in fragments that could not be put together"),
    /** Outside the sampled share of sessions. */
    NOT_SAMPLED("its session is outside the sampled share"),
    /** Its session was left out to keep within the budget. */
    SHED("its session was left out to keep within the budget"),
    /** The client is on this host's loopback and has no address for the target's answers. */
    NO_ADDRESS("its client is on this host's loopback, and --loopback-clients gives it no address"),
    /** Belongs to no session and is no place to join one. */
    NO_SESSION("belongs to no session, and is no place to join one"),
    /** Came after its session's replica had ended. */
    SESSION_CLOSED("its replica had ended and it is no new request"),
    /** A hole before it in the captured stream did not fill. */
    CAPTURE_GAP("the capture lost a segment of this request"),
    /** The target ended the connection in the middle of this request. */
    TARGET_CLOSED("the target ended the connection before taking it"),
    /** The target refused the connection. */
    TARGET_REFUSED("the target refused the connection"),
    /** The target did not answer for the session timeout. */
    TARGET_TIMEOUT("the target did not answer for the session timeout"),
    /** The client reset its connection before this data could be sent. */
    CLIENT_RESET("the client reset its connection"),
    /** A new connection of the client took the same address and port. */
    REPLACED("a new connection of the client took its address and port"),
    /** The session holds more bytes than one session may. */
    SESSION_LIMIT("the session holds more than one session may"),
    /** The memory limit is reached: new sessions are refused. */
    MEMORY_LIMIT("the memory limit is reached"),
    /** The limit of sessions is reached. */
    SESSIONS_LIMIT("the limit of sessions is reached"),
    /** No free port was found for the replica. */
    NO_PORT("no free port for its replica"),
    /** Its instance ID is another copier's by now, so no connection is opened under it. */
    ID_LOST("its instance ID is another copier's by now"),
    /** A protocol adapter keeps it from the target: a session it cannot adapt, or what must not be mirrored. */
    NOT_MIRRORED("its protocol forbids to mirror it"),
    /** Of a Multipath TCP connection, whose stream no subflow has whole and in order. */
    MPTCP("its client and online speak Multipath TCP"),
    /** The copier was stopped. */
    SHUTDOWN("the copier was stopped"),
    /** A fault of ours inside one session. */
    INTERNAL("a fault of the copier");

    private final String text;

    DropReason(String text) {
        this.text = text;
    }

    /** One clause for people. */
    public String text() {
        return text;
    }
}
