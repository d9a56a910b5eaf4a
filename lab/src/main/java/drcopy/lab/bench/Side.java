// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

import drcopy.lab.Lab;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A mirroring program, or none. Commands are bash's; in them {@code {servers}} stands for the real servers' addresses, comma between them,
 * {@code {online}} and {@code {vip}} for the services' addresses. A command of several parts ends with {@code exec}, so that its process is the
 * program's.
 *
 * @param copier runs on the production host; null for no mirror
 * @param interceptor runs on every real server
 * @param cleanup what to run on every real server after the interceptor has ended; empty for nothing
 */
record Side(String name, String copier, String interceptor, String cleanup) {
    /** Production without a mirror. */
    static final Side OFF = new Side("off", null, null, "");

    boolean mirrors() {
        return copier != null;
    }

    /** A command for this lab. */
    static List<String> command(String template, Lab lab) {
        String servers = lab.realServers().stream().map(Lab::address).collect(Collectors.joining(","));
        String line = template.replace("{servers}", servers)
                .replace("{online}", Lab.ONLINE)
                .replace("{vip}", Lab.VIP);
        return List.of("bash", "-c", line);
    }
}
