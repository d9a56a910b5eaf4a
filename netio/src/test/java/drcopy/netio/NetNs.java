// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace as a host of the lab: made on construction, gone after {@link #close}. Java code runs inside it on a
 * thread of its own; sockets that are opened there stay there, whatever thread uses them. Needs root.
 */
public final class NetNs implements AutoCloseable {
    private static final long COMMAND_SECONDS = 20;

    private final String name;
    private final ExecutorService thread;

    /** Makes a namespace with {@code lo} up; one that an aborted run left behind is replaced. */
    public NetNs(String name) {
        this.name = name;
        run(List.of("sh", "-c", "ip netns del " + name + " 2>/dev/null; ip netns add " + name));
        thread = Executors.newSingleThreadExecutor(runnable -> {
            Thread inside = new Thread(
                    () -> {
                        Setns.enter(name);
                        runnable.run();
                    },
                    "netns-" + name);
            inside.setDaemon(true);
            return inside;
        });
        sh("ip link set lo up");
        sh("sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0");
        sh("sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0");
    }

    /** The name under /run/netns. */
    public String name() {
        return name;
    }

    /** Joins two namespaces by a veth pair; both ends are up, without addresses. */
    public static void link(NetNs a, String deviceA, NetNs b, String deviceB) {
        run(List.of(
                "ip", "link", "add", deviceA, "netns", a.name, "type", "veth", "peer", "name", deviceB, "netns",
                b.name));
        a.sh("ip link set " + deviceA + " up");
        b.sh("ip link set " + deviceB + " up");
    }

    /** Runs {@code task} on this namespace's thread and returns what it returns. */
    public <T> T call(Callable<T> task) {
        try {
            return thread.submit(task).get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("in namespace " + name, e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException("in namespace " + name, e);
        }
    }

    /** Runs a shell command inside and returns what it prints; throws when it fails. */
    public String sh(String command) {
        return run(List.of("ip", "netns", "exec", name, "sh", "-c", command));
    }

    /** Starts a process inside that goes on until it is destroyed. */
    public Process start(String... command) throws IOException {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(List.of(command));
        return new ProcessBuilder(whole).redirectErrorStream(true).start();
    }

    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " does not end");
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(command + " -> " + process.exitValue() + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(command.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(command.toString(), e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        run(List.of("ip", "netns", "del", name));
    }
}
