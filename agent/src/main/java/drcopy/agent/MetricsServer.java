// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * {@code /metrics} for Prometheus, {@code /healthz} (the process works) and {@code /readyz} (it does its job) for supervisors. A
 * probe answers 200 {@code ok}, or 503 with the reason. Two threads of its own; a client that stalls holds up other scrapes at
 * most, and not for long.
 */
public final class MetricsServer implements AutoCloseable {
    private static final int THREADS = 2;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "metrics");
        thread.setDaemon(true);
        return thread;
    });

    private MetricsServer(HttpServer server) {
        this.server = server;
    }

    /**
     * Listens and answers.
     *
     * @param bind address to listen on
     * @param port 1..65535, or 0 for any free one
     * @param unhealthy why the process does not work; null when it does
     * @param unready why it does not do its job now; null when it does
     * @throws ConfigException when the address and port cannot be listened on
     */
    public static MetricsServer start(
            Metrics metrics, String bind, int port, Supplier<String> unhealthy, Supplier<String> unready) {
        MetricsServer started = new MetricsServer(listen(bind, port));
        metrics.addProcess();
        started.server.createContext("/metrics", new MetricsHandler(metrics.registry()));
        started.server.createContext("/healthz", exchange -> answer(exchange, unhealthy.get()));
        started.server.createContext("/readyz", exchange -> answer(exchange, unready.get()));
        started.server.setExecutor(started.threads);
        started.server.start();
        return started;
    }

    /** @throws ConfigException when it is none */
    static InetAddress address(String bind) {
        try {
            return InetAddress.getByName(bind);
        } catch (UnknownHostException e) {
            throw new ConfigException("--metrics-bind", bind, "must be an address of this host");
        }
    }

    private static HttpServer listen(String bind, int port) {
        InetAddress address = address(bind);
        limitRequestTime();
        try {
            return HttpServer.create(new InetSocketAddress(address, port), 0);
        } catch (IOException e) {
            throw new ConfigException(
                    "--metrics-port", port, "must be free to listen on at " + bind + ": " + Reasons.of(e));
        }
    }

    /** The JDK's server waits for ever for the rest of a request unless these properties, read once, say otherwise. */
    private static void limitRequestTime() {
        System.setProperty("sun.net.httpserver.maxReqTime", "5");
        System.setProperty("sun.net.httpserver.maxRspTime", "10");
    }

    private static void answer(HttpExchange exchange, String objection) throws IOException {
        byte[] body = (objection == null ? "ok\n" : objection + "\n").getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(objection == null ? 200 : 503, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** The port listened on. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
