// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a load does; every field has a bound, so that every load ends.
 *
 * @param targets services; connection i uses number i modulo their count
 * @param style life of a connection
 * @param firstClient lowest client address
 * @param clients how many addresses follow each other from there
 * @param port client port of the first connection of each address, or 0 for any
 * @param connections most connections at a time
 * @param rate requests a second over all connections, or 0 for as many as are answered
 * @param count most requests
 * @param limit time after which no request is sent
 * @param timeout patience for one answer
 * @param pause rest of a connection's address and port before they are used again
 * @param run first part of every request id
 * @param sizes body bytes of the requests in turn; empty for GET
 * @param bodies file that takes a line "URI SHA-256" for each body, or null
 * @param stop file whose appearance ends the load: no request is sent after it; or null
 * @param isChatty whether a line a second tells the progress
 */
public record LoadPlan(
        List<InetSocketAddress> targets,
        Style style,
        InetAddress firstClient,
        int clients,
        int port,
        int connections,
        double rate,
        long count,
        Duration limit,
        Duration timeout,
        Duration pause,
        String run,
        List<Integer> sizes,
        Path bodies,
        Path stop,
        boolean isChatty) {

    /**
     * Reads {@code --name value} pairs.
     *
     * @throws IllegalArgumentException naming the option that is wrong
     */
    public static LoadPlan parse(String... args) {
        Map<String, String> options = pairs(args);
        LoadPlan plan = new LoadPlan(
                targets(take(options, "--target", "198.18.0.10:80")),
                Style.valueOf(take(options, "--style", "KEEPALIVE")),
                address(take(options, "--from", "198.18.8.1")),
                number(options, "--clients", "200"),
                number(options, "--port", "0"),
                number(options, "--connections", "50"),
                Double.parseDouble(take(options, "--rate", "0")),
                number(options, "--count", "1000000"),
                seconds(options, "--seconds", "60"),
                seconds(options, "--timeout", "20"),
                seconds(options, "--pause", "0"),
                take(options, "--run", "run"),
                sizes(take(options, "--sizes", "")),
                path(options, "--bodies"),
                path(options, "--stop"),
                Boolean.parseBoolean(take(options, "--chatty", "false")));
        if (!options.isEmpty()) {
            throw new IllegalArgumentException("unknown options " + options.keySet());
        }
        return plan;
    }

    private static Map<String, String> pairs(String... args) {
        if (args.length % 2 != 0) {
            throw new IllegalArgumentException("options come as --name value");
        }
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        return options;
    }

    private static String take(Map<String, String> options, String name, String otherwise) {
        String value = options.remove(name);
        return value == null ? otherwise : value;
    }

    private static Path path(Map<String, String> options, String name) {
        String value = options.remove(name);
        return value == null ? null : Path.of(value);
    }

    private static int number(Map<String, String> options, String name, String otherwise) {
        return Integer.parseInt(take(options, name, otherwise));
    }

    private static Duration seconds(Map<String, String> options, String name, String otherwise) {
        return Duration.ofMillis(Math.round(1000 * Double.parseDouble(take(options, name, otherwise))));
    }

    private static List<Integer> sizes(String list) {
        List<Integer> sizes = new ArrayList<>();
        for (String size : list.split(",", -1)) {
            if (!size.isEmpty()) {
                sizes.add(Integer.valueOf(size));
            }
        }
        return sizes;
    }

    private static List<InetSocketAddress> targets(String list) {
        List<InetSocketAddress> targets = new ArrayList<>();
        for (String target : list.split(",", -1)) {
            int colon = target.lastIndexOf(':');
            targets.add(new InetSocketAddress(
                    address(target.substring(0, colon)), Integer.parseInt(target.substring(colon + 1))));
        }
        return targets;
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address: " + text, e);
        }
    }

    /** Client address and port of connection {@code index}; connections to different targets share them. */
    InetSocketAddress client(int index) {
        int place = port == 0 ? index : index / targets.size();
        byte[] bytes = firstClient.getAddress();
        int last = bytes.length - 1;
        bytes[last] = (byte) (bytes[last] + place % clients);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port == 0 ? 0 : port + place / clients);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    InetSocketAddress target(int index) {
        return targets.get(index % targets.size());
    }
}
