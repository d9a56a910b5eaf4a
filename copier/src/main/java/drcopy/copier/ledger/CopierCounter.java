// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.ledger;

/** Everything the copier counts, since its start. {@code metric} is the Prometheus name without {@code drcopy_copier_}. */
public enum CopierCounter {
    PACKETS_CAPTURED("packets_captured", "Packets that the capture handed over."),
    CAPTURE_DROPS("capture_kernel_drops", "Packets the kernel dropped because the capture buffer was full."),
    /** The left side of the books. */
    SEGMENTS_CAPTURED(
            "segments_captured", "Segments of transferred services that reached the engine, once per replica."),
    BYTES_CAPTURED("bytes_captured", "Payload bytes of those segments."),
    /** The right side of the books: captured = delivered + held + dropped. */
    SEGMENTS_DELIVERED("segments_delivered", "Captured segments that the target acknowledged."),
    BYTES_DELIVERED("bytes_delivered", "Payload bytes that the target acknowledged."),
    /** What a protocol adapter put in: captured + inserted = delivered + held + dropped + replaced. */
    BYTES_INSERTED(
            "bytes_inserted", "Payload bytes that a protocol adapter sent of its own or in place of the client's."),
    BYTES_REPLACED("bytes_replaced", "Payload bytes of the client that a protocol adapter sent others for."),
    SESSIONS_OPENED("sessions_opened", "Sessions taken up from their SYN."),
    SESSIONS_JOINED("sessions_joined", "Sessions taken up in mid-stream, at a request."),
    SESSIONS_SHED("sessions_shed", "Sessions left out at their SYN to keep within the budget."),
    SESSIONS_MPTCP("sessions_mptcp", "Subflows of Multipath TCP connections, all of them left out."),
    REPLICAS_ESTABLISHED("replicas_established", "Replica connections that the target accepted."),
    REPLICAS_REOPENED("replicas_reopened", "Replica connections opened anew for the next request of a live session."),
    REPLICAS_CLOSED("replicas_closed", "Replica connections that ended in order."),
    REPLICAS_RESET("replicas_reset", "Replica connections that the copier reset."),
    CAPTURE_HOLES(
            "capture_holes", "Holes in what was captured of a session that did not fill: what was in them is lost."),
    STALE_CONNECTIONS_RESET(
            "stale_connections_reset", "Old connections found at the target on a replica's addresses, and reset."),
    REPLICAS_SHORTENED(
            "replicas_shortened",
            "Replica connections that found that full packets do not reach the target, and send shorter ones."),
    SEGMENTS_SENT("segments_sent", "Segments handed to the sender, retransmissions included."),
    BYTES_SENT("bytes_sent", "Payload bytes handed to the sender, retransmissions included."),
    RETRANSMITS("retransmits", "Segments sent again."),
    ZERO_WINDOW_PROBES("zero_window_probes", "Probes of a target's closed window."),
    HOLDS("holds", "Requests held until the target had answered the one before."),
    HOLDS_EXPIRED(
            "holds_expired",
            "Holds ended without an answer: by --hold, or because the client went on and the target said nothing."),
    HOLDS_BY_SILENCE("holds_released_by_silence", "Holds ended because the target pushed an answer and fell silent."),
    DATAGRAMS_CAPTURED("datagrams_captured", "Datagrams of transferred services, once per replica (--udp)."),
    DATAGRAMS_SENT("datagrams_sent", "Datagrams handed to the sender: captured less those dropped by reason."),
    RESPONSES("responses", "Response summaries received."),
    RESPONSES_UNKNOWN("responses_unknown", "Response summaries of replicas that are gone."),
    RESPONSES_DROPPED("responses_dropped", "Response summaries dropped because the shard's inbound queue was full."),
    RESPONSE_BYTES("response_bytes", "Payload bytes the target sent, in sequence."),
    ROUTES_PUSHED("routes_pushed", "Routes handed to interceptor streams, snapshots included."),
    ROUTES_TAKEN_OVER("routes_taken_over", "Replica connections whose flow had a route already: none was pushed."),
    ROUTE_SNAPSHOTS("route_snapshots", "Snapshots of live routes sent."),
    ROUTES_DEFERRED("routes_deferred", "Openings put off because the queue of routes was full."),
    ROUTE_QUEUE_OVERFLOWS(
            "route_queue_overflows", "Times an interceptor's queue of routes overflowed and a snapshot replaced it."),
    ROUTE_CONFLICTS("route_conflicts", "Routes refused because the flow belongs to another copier."),
    STREAMS_OPENED("streams_opened", "Streams to interceptors that were welcomed."),
    STREAMS_LOST("streams_lost", "Streams to interceptors that broke."),
    REPLAY_PAUSES("replay_pauses", "Times offline replay stopped reading until the replicas had followed."),
    SEND_ERRORS("send_errors", "Packets the kernel did not take, for whatever reason."),
    INTERNAL_ERRORS("internal_errors", "Faults of ours, each contained in one session.");

    private final String metric;
    private final String help;

    CopierCounter(String metric, String help) {
        this.metric = metric;
        this.help = help;
    }

    public String metric() {
        return metric;
    }

    public String help() {
        return help;
    }
}
