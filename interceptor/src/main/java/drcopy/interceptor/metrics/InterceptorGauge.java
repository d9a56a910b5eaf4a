// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.metrics;

/** What goes up and down in the interceptor. {@code metric} is the Prometheus name without {@code drcopy_interceptor_}. */
public enum InterceptorGauge {
    ROUTES("routes", "Routes registered now."),
    STREAMS("streams", "Streams attached now."),
    PARKED("parked", "Summaries parked now."),
    PENDING("pending", "Summaries waiting for their stream now."),
    CONNECTIONS("connections", "TCP connections to the gRPC port now."),
    UNGUARDED_DEVICES("unguarded_devices", "Devices whose output has no second line of defence now.");

    private final String metric;
    private final String help;

    InterceptorGauge(String metric, String help) {
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
