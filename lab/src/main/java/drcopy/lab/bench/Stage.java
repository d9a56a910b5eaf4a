// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

import drcopy.lab.Arrivals;
import drcopy.lab.Lab;
import drcopy.lab.Web;
import java.util.LinkedHashMap;
import java.util.Map;

/** A lab with web servers in production and on every real server. One thread. */
record Stage(Lab lab, Arrivals arrivals) implements AutoCloseable {
    private static final int LEAST_CONNECTIONS = 16_384;

    /** Builds one; labs of different names stand side by side. */
    static Stage open(BenchPlan plan, String name) {
        Lab lab = Lab.up(plan.director(), "bench" + ProcessHandle.current().pid() + name, 3);
        try {
            lab.control("ports", "threads");
            int connections = Math.max(LEAST_CONNECTIONS, plan.connections() * 3 / 2);
            Web online = Web.start(lab, "online", connections);
            Map<String, Web> servers = new LinkedHashMap<>();
            lab.realServers().forEach(host -> servers.put(host, Web.start(lab, host, connections)));
            return new Stage(lab, new Arrivals(online, servers));
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    @Override
    public void close() {
        lab.close();
    }
}
