// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A mirror whose agents meet in a pool: a coordinator on the online host, a copier that is told of no interceptor, four real servers
 * of which the director begins with three. One thread.
 */
final class PoolMirror implements AutoCloseable {
    static final String ZOOKEEPER = "198.18.1.10:2181";
    static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String SERVICE = Lab.VIP + ":80";
    private static final String FOURTH = Lab.address("rs4") + ":80";

    private final Agent coordinator;
    private final Mirror mirror;

    private PoolMirror(Agent coordinator, Mirror mirror) {
        this.coordinator = coordinator;
        this.mirror = mirror;
    }

    /** Everything up and ready; interceptors on the first three. */
    static PoolMirror up(String name) {
        Lab lab = Lab.up(Lab.Director.LVS, name + ProcessHandle.current().pid(), 4);
        Agent coordinator =
                Agent.coordinator(lab, "online", List.of("--data", data(lab).toString(), "--http", "127.0.0.1:8088"));
        coordinator.start();
        coordinator.awaitReady();
        lab.director("ipvsadm", "-d", "-t", SERVICE, "-r", FOURTH);
        Mirror mirror = Mirror.up(
                lab,
                List.of("-x", Mirror.transfers(), "-z", ZOOKEEPER),
                List.of("--divert", Mirror.diverted(), "-z", ZOOKEEPER),
                List.of("rs1", "rs2", "rs3"));
        PoolMirror pool = new PoolMirror(coordinator, mirror);
        pool.awaitInterceptors(3);
        return pool;
    }

    private static Path data(Lab lab) {
        return lab.folder().resolve("zookeeper");
    }

    Mirror mirror() {
        return mirror;
    }

    Agent coordinator() {
        return coordinator;
    }

    void awaitInterceptors(int count) {
        Await.until(count + " interceptors are up", LIMIT, () -> mirror.copier().metric("interceptors_up") == count);
    }

    void awaitRequests(Mirror.Mark mark, int count) {
        Await.until(
                count + " more requests online",
                LIMIT,
                () -> mirror.onlineLines(mark).size() >= count);
    }

    /** Runs {@code bin/coordinator} on the pool; its output. */
    String command(String... words) {
        String[] all = new String[words.length + 3];
        all[0] = Lab.home().resolve("bin/coordinator").toString();
        System.arraycopy(words, 0, all, 1, words.length);
        all[words.length + 1] = "-z";
        all[words.length + 2] = ZOOKEEPER;
        return mirror.lab().run("online", all);
    }

    /** Presses a button of the page. */
    void page(String action) {
        mirror.lab()
                .run(
                        "online",
                        "curl",
                        "-s",
                        "-f",
                        "-H",
                        "HX-Request: true",
                        "-d",
                        "pool=default&action=" + action,
                        "http://127.0.0.1:8088/control");
    }

    /** The coordinator dies and loses all it had. */
    void killAndWipe() {
        coordinator.kill();
        mirror.lab().run("online", "rm", "-r", data(mirror.lab()).toString());
    }

    /** The coordinator is back, and everybody is announced again. */
    void restoreCoordinator() {
        coordinator.start();
        coordinator.awaitReady();
        Await.until("all are announced again", LIMIT, () -> {
            String status = command("status", "--json");
            return status.contains(Lab.address("rs1") + ":36524")
                    && status.contains(Lab.address("rs3") + ":36524")
                    && status.contains("\"instance_ids\":[0]");
        });
    }

    /** The director gives new connections to the fourth, too. */
    void enlistFourth() {
        mirror.lab().director("ipvsadm", "-a", "-t", SERVICE, "-r", FOURTH, "-g");
    }

    /**
     * As operators of LVS do it: no new connections first. IPVS drops without a word what belongs to a connection whose server was
     * taken out of its table, whoever sent it.
     */
    void retireFourth() {
        mirror.lab().director("ipvsadm", "-e", "-t", SERVICE, "-r", FOURTH, "-g", "-w", "0");
        Await.until("the fourth has no connections", LIMIT, () -> openOfFourth() == 0);
        mirror.lab().director("ipvsadm", "-d", "-t", SERVICE, "-r", FOURTH);
    }

    /** Connections of the fourth that are open or opening, by the director's table; its sums count what is opening as inactive. */
    private long openOfFourth() {
        return mirror.lab()
                .director("ipvsadm", "-L", "-n", "-c")
                .lines()
                .filter(line -> line.contains(FOURTH))
                .filter(line -> line.contains("SYN_RECV") || line.contains("ESTABLISHED"))
                .count();
    }

    @Override
    public void close() {
        coordinator.close();
        mirror.close();
    }
}
