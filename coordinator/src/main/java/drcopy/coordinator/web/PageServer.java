// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import drcopy.agent.ConfigException;
import drcopy.agent.HostPort;
import drcopy.coordinator.pool.Control;
import drcopy.coordinator.pool.PoolContents;
import drcopy.coordinator.zk.AwayException;
import drcopy.coordinator.zk.PoolStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the page. On a loopback address everybody who can reach it may control; elsewhere only who knows the token. A request that
 * changes something must come from the page itself. Two threads of its own.
 */
public final class PageServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
    private static final int THREADS = 2;
    private static final int MOST_FORM_BYTES = 4096;
    private static final Pattern WEBJAR = Pattern.compile("/webjars/[A-Za-z0-9._/-]+\\.(js|css)");
    private static final Set<String> OWN_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final HttpServer server;
    private final PoolStore store;
    private final String token;
    private final boolean isLoopback;
    private final AgentFigures figures = new AgentFigures();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "page");
        thread.setDaemon(true);
        return thread;
    });

    private PageServer(HttpServer server, PoolStore store, String token) {
        this.server = server;
        this.store = store;
        this.token = token;
        this.isLoopback = server.getAddress().getAddress().isLoopbackAddress();
    }

    /**
     * Listens and answers.
     *
     * @param token what somebody must know to control from another host; null for nobody
     * @throws ConfigException when the address cannot be listened on
     */
    public static PageServer start(HostPort listen, PoolStore store, String token) {
        HttpServer http;
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getByName(listen.host()), listen.port()), 0);
        } catch (IOException e) {
            throw new ConfigException("--http", listen, "must be free to listen on: " + e.getMessage());
        }
        PageServer page = new PageServer(http, store, token);
        http.createContext("/", page::answer);
        http.setExecutor(page.threads);
        http.start();
        LOG.info("the page is at http://{}/", listen);
        return page;
    }

    private void answer(HttpExchange exchange) {
        try (exchange) {
            exchange.getResponseHeaders()
                    .set(
                            "Content-Security-Policy",
                            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:");
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("X-Frame-Options", "DENY");
            String request =
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            if (isLoopback && !OWN_NAMES.contains(hostName(exchange))) {
                send(exchange, 403, "text/plain", "ask for this page by the name localhost\n");
            } else if (request.equals("POST /control")) {
                control(exchange);
            } else if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "text/plain", "GET, or POST /control\n");
            } else {
                get(exchange, exchange.getRequestURI().getPath());
            }
        } catch (IOException e) {
            LOG.debug("a browser went away", e);
        } catch (RuntimeException e) {
            LOG.error("fault of the page", e);
        }
    }

    /** Another site's name that leads here by its own name server is refused by this. */
    private static String hostName(HttpExchange exchange) {
        String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
        return host.replaceFirst(":[0-9]+$", "");
    }

    private void get(HttpExchange exchange, String path) throws IOException {
        switch (path) {
            case "/" -> resource(exchange, "/drcopy/coordinator/web/page.html");
            case "/page.css" -> resource(exchange, "/drcopy/coordinator/web/page.css");
            case "/pools" -> send(exchange, 200, "text/html", pools());
            default -> {
                boolean isLibrary = WEBJAR.matcher(path).matches() && !path.contains("..");
                resource(exchange, isLibrary ? "/META-INF/resources" + path : "/none");
            }
        }
    }

    private String pools() {
        Html html = new Html();
        long nowNs = System.nanoTime();
        boolean mayControl = isLoopback || token != null;
        PoolPage page =
                new PoolPage((address, metric) -> figures.ask(address, metric, nowNs), Instant.now(), mayControl);
        try {
            List<PoolContents> pools = new ArrayList<>();
            store.pools().forEach(name -> pools.add(store.forPool(name).contents()));
            if (pools.isEmpty()) {
                html.raw(
                        "<section><h2>No pools yet</h2><p class=note>A copier or an interceptor that is started with -z makes one.</p></section>");
            }
            pools.forEach(pool -> page.write(html, pool));
        } catch (AwayException e) {
            html.raw(
                    "<section class=away><h2>ZooKeeper does not answer</h2><p class=note>Mirroring goes on as it was. ");
            html.say(e.getMessage()).raw("</p></section>");
        }
        if (isLoopback || token == null) {
            html.raw("<style>#token-row{display:none}</style>");
        }
        return html.toString();
    }

    private void control(HttpExchange exchange) throws IOException {
        Map<String, String> form = form(exchange);
        // Other sites' pages cannot set this header without our consent.
        boolean isOwnPage = "true".equals(exchange.getRequestHeaders().getFirst("HX-Request"));
        if (!isOwnPage || !(isLoopback || isToken(form.get("token")))) {
            LOG.warn("refused to let {} control a pool", exchange.getRemoteAddress());
            send(exchange, 403, "text/plain", "control needs the token\n");
            return;
        }
        String action = String.valueOf(form.get("action"));
        String pool = String.valueOf(form.get("pool"));
        if (!Set.of("pause", "resume").contains(action) || !store.pools().contains(pool)) {
            send(exchange, 400, "text/plain", "action must be pause or resume, of a pool that is there\n");
            return;
        }
        String who = "page@" + exchange.getRemoteAddress().getAddress().getHostAddress();
        String at = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Control control = store.forPool(pool)
                .change(before -> before.withPaused(action.equals("pause")).said(who, at, null));
        LOG.info("pool {}: {} by {}", pool, control.paused() ? "paused" : "resumed", who);
        exchange.getResponseHeaders().set("HX-Trigger", "refresh");
        send(exchange, 204, "text/plain", "");
    }

    private boolean isToken(String said) {
        return token != null
                && said != null
                && MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), said.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readNBytes(MOST_FORM_BYTES), StandardCharsets.UTF_8);
        Map<String, String> form = new HashMap<>();
        for (String pair : body.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                try {
                    form.put(
                            pair.substring(0, equals),
                            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException e) {
                    return Map.of();
                }
            }
        }
        return form;
    }

    private static void resource(HttpExchange exchange, String name) throws IOException {
        try (InputStream in = PageServer.class.getResourceAsStream(name)) {
            if (in == null) {
                send(exchange, 404, "text/plain", "nothing here\n");
                return;
            }
            String type = name.endsWith(".html") ? "text/html" : name.endsWith(".css") ? "text/css" : "text/javascript";
            send(exchange, 200, type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
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
