// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Three coordinators that form an ensemble, on hosts that mirror nothing, each with a second address. One thread. */
final class Ensemble implements AutoCloseable {
    /** Where they are for everybody. */
    static final String ADDRESSES = "198.18.1.30:2181,198.18.1.14:2181,198.18.1.15:2181";
    /** Where they are for somebody who is to be cut off alone. */
    static final String SECOND_ADDRESSES = "198.18.1.40:2181,198.18.1.41:2181,198.18.1.42:2181";

    private static final List<String> HOSTS = List.of("assistant", "rs4", "rs5");
    private static final String PEERS = "198.18.1.30,198.18.1.14,198.18.1.15";

    private final Lab lab;
    private final List<Agent> servers = new ArrayList<>();

    private Ensemble(Lab lab) {
        this.lab = lab;
    }

    /** All three up; one of them leads. */
    static Ensemble up(Lab lab) {
        Ensemble ensemble = new Ensemble(lab);
        for (int i = 0; i < HOSTS.size(); i++) {
            String host = HOSTS.get(i);
            lab.run(host, "ip", "address", "add", "198.18.1.4" + i + "/24", "dev", "eth0");
            List<String> options = new ArrayList<>(List.of("--peers", PEERS, "--server-id", Integer.toString(i + 1)));
            options.addAll(List.of("--data", ensemble.data(i).toString()));
            ensemble.servers.add(Agent.coordinator(lab, host, options));
        }
        ensemble.start(List.of(0, 1, 2));
        return ensemble;
    }

    private Path data(int server) {
        return lab.folder().resolve("zookeeper-" + server);
    }

    void start(List<Integer> members) {
        members.forEach(server -> servers.get(server).start());
        members.forEach(server -> servers.get(server).awaitReady());
    }

    void kill(List<Integer> members) {
        members.forEach(server -> servers.get(server).kill());
    }

    void signal(String name) {
        servers.forEach(server -> server.signal(name));
    }

    /** Ends all, and takes their data. */
    void killAndWipe() {
        kill(List.of(0, 1, 2));
        IntStream.range(0, HOSTS.size())
                .forEach(server ->
                        lab.run(HOSTS.get(server), "rm", "-r", data(server).toString()));
    }

    /** Which of them leads, by ZooKeeper's own word. */
    int leader() {
        return IntStream.range(0, HOSTS.size())
                .filter(server -> says(server).contains("Mode: leader"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody leads"));
    }

    private String says(int server) {
        return lab.attempt(
                        HOSTS.get(server),
                        "timeout",
                        "5",
                        "bash",
                        "-c",
                        "exec 3<>/dev/tcp/127.0.0.1/2181; echo srvr >&3; cat <&3")
                .output();
    }

    @Override
    public void close() {
        servers.forEach(Agent::close);
    }
}
