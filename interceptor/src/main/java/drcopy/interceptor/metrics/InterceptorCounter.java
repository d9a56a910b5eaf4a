// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.metrics;

/**
 * Everything the interceptor counts, since its start. {@code metric} is the Prometheus name without
 * {@code drcopy_interceptor_}.
 *
 * <p>The books: {@code RESPONSES_SUMMARISED = RESPONSES_SENT + SLOW_STREAM_DROPS + STREAM_END_DROPS + PARKED_EXPIRED +
 * PARKED_EVICTED + PARKED_OVERFLOWS + PARKED_PAYLOAD_DROPS + pending + parked}, at any moment between two duty cycles, where
 * the last two are gauges.
 */
public enum InterceptorCounter {
    PACKETS_SEEN("packets_seen", "Packets that the diversion handed over."),
    KERNEL_DROPS("kernel_drops", "Packets the kernel dropped because the diversion's buffer was full."),
    /** The left side of the books. */
    RESPONSES_SUMMARISED("responses_summarised", "Packets that were TCP segments of a diverted service."),
    /** The right side of the books. */
    RESPONSES_SENT("responses_sent", "Summaries handed to a copier's stream."),
    RESPONSE_BATCHES("response_batches", "Messages those summaries went in."),
    SLOW_STREAM_DROPS("slow_stream_drops", "Summaries dropped because their copier's stream did not keep up."),
    STREAM_END_DROPS("stream_end_drops", "Summaries that waited for a stream when it ended."),
    RESPONSES_PARKED("responses_parked", "Summaries that came before their route and were parked."),
    PARKED_RELEASED("parked_released", "Parked summaries whose route arrived in time."),
    PARKED_EXPIRED("parked_expired", "Parked summaries dropped because no copier routed their flow in time."),
    PARKED_EVICTED("parked_evicted", "Parked summaries dropped to make room for younger ones."),
    PARKED_OVERFLOWS("parked_overflows", "Summaries not parked because too many of their flow were parked already."),
    PARKED_PAYLOAD_DROPS(
            "parked_payload_drops",
            "Parked summaries dropped because their route wants the payload, which was not kept."),
    DATAGRAMS("datagrams", "UDP datagrams of a diverted service: kept from clients and told to nobody."),
    FOREIGN_PACKETS("foreign_packets", "Packets on the diversion device that no diverted service sent."),
    ROUTES_ADDED("routes_added", "Routes registered."),
    ROUTES_REPLACED("routes_replaced", "Routes registered again by their own copier, reconnects included."),
    ROUTES_REMOVED("routes_removed", "Routes that a copier removed."),
    ROUTES_SWEPT("routes_swept", "Routes dropped because a snapshot of their stream did not name them."),
    ROUTES_ENDED("routes_ended", "Routes dropped because their stream ended."),
    ROUTE_CONFLICTS("route_conflicts", "Routes refused because their flow belongs to another copier."),
    ROUTES_REFUSED("routes_refused", "Routes refused because the route table is full."),
    ROUTES_SUPERSEDED(
            "routes_superseded", "Routes refused because their instance ID was leased anew to another copier."),
    SNAPSHOTS("snapshots", "Route snapshots taken in whole."),
    CONNECTIONS_REFUSED("connections_refused", "Connections to the gRPC port closed at once: there were too many."),
    HANDSHAKES_REFUSED(
            "handshakes_refused", "Connections that did not agree on TLS: no certificate of the authority, or no TLS."),
    STREAMS_OPENED("streams_opened", "Streams welcomed."),
    STREAMS_CLOSED("streams_closed", "Welcomed streams that ended."),
    STREAMS_REFUSED("streams_refused", "Streams ended for a bad first message, a late one, or one too many."),
    STREAMS_FAILED("streams_failed", "Welcomed streams ended for a message that breaks the protocol."),
    RULE_CHECKS("rule_checks", "Times the diversion rules were verified."),
    RULE_REPAIRS("rule_repairs", "Times the diversion rules were found damaged and put right."),
    RULE_FAILURES("rule_failures", "Times the diversion rules could not be verified or put right."),
    INTERNAL_ERRORS("internal_errors", "Faults of ours, each contained in one packet or one stream.");

    private final String metric;
    private final String help;

    InterceptorCounter(String metric, String help) {
        this.metric = metric;
        this.help = help;
    }

    /** Prometheus name without prefix. */
    public String metric() {
        return metric;
    }

    /** One sentence for the metrics page. */
    public String help() {
        return help;
    }
}
