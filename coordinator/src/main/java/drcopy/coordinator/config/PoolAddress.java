// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.config;

import drcopy.agent.HostPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pool and where it is kept. Immutable.
 *
 * @param servers ZooKeeper's servers
 * @param root the znode that all of drcopy's are under, without a slash at its end
 * @param pool the pool's name
 * @param digest {@code user:password} for ZooKeeper's digest scheme; null for none
 * @param clientConfig file with settings of ZooKeeper's client, TLS for instance; null for none
 */
public record PoolAddress(List<HostPort> servers, String root, String pool, String digest, Path clientConfig) {
    /** Where ZooKeeper listens unless told otherwise. */
    public static final int DEFAULT_PORT = 2181;

    private static final String DEFAULT_ROOT = "/drcopy";
    private static final Pattern ROOT = Pattern.compile("(/[A-Za-z0-9_.-]+)+");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");

    public PoolAddress {
        servers = List.copyOf(servers);
    }

    /**
     * Reads {@code h1:2181,h2:2181[/root]}.
     *
     * @throws IllegalArgumentException with the rule
     */
    public static PoolAddress parse(String text, String pool) {
        int slash = text.indexOf('/');
        String root = slash < 0 ? DEFAULT_ROOT : text.substring(slash);
        if (!ROOT.matcher(root).matches() || root.contains("/.")) {
            throw new IllegalArgumentException("must be host:port,... with a path like /drcopy after it, or none");
        }
        List<HostPort> servers = new ArrayList<>();
        for (String server : (slash < 0 ? text : text.substring(0, slash)).split(",", -1)) {
            servers.add(HostPort.parse(server.strip(), DEFAULT_PORT));
        }
        return new PoolAddress(servers, root, pool, null, null);
    }

    /**
     * Checks a pool's name.
     *
     * @throws IllegalArgumentException with the rule
     */
    public static String poolName(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException("must be 1..63 letters, digits, dots, dashes or underscores");
        }
        return text;
    }

    /** The same with what ZooKeeper asks of its clients. */
    public PoolAddress with(String newDigest, Path newClientConfig) {
        return new PoolAddress(servers, root, pool, newDigest, newClientConfig);
    }

    /** Another pool of the same ZooKeeper. */
    public PoolAddress forPool(String name) {
        return new PoolAddress(servers, root, name, digest, clientConfig);
    }

    /** The servers as ZooKeeper's client wants them. */
    public String connectString() {
        return String.join(",", servers.stream().map(HostPort::toString).toList());
    }

    /** Never the digest. */
    @Override
    public String toString() {
        return connectString() + root + ", pool " + pool;
    }
}
