// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What strangers send to the interceptors' gRPC port harms nobody. */
@Tag("lab")
class GarbageTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void garbageSilenceAndHalfOpenConnectionsHarmNobody() {
        List<HostProcess> strangers = new ArrayList<>();
        try (Mirror mirror = Mirror.up(Lab.Director.LVS)) {
            Mirror.Mark mark = mirror.mark();
            try (LoadProcess load = LoadProcess.start(
                    mirror.lab(), "--run", "calm", "--rate", "500", "--connections", "20", "--count", "5000")) {
                for (String host : mirror.lab().realServers()) {
                    strangers.add(stranger(mirror, host, "for i in {1..40}; do head -c 70000 /dev/urandom > %s; done"));
                    strangers.add(stranger(
                            mirror, host, "for i in {1..40}; do printf 'GET / HTTP/1.1\\r\\n\\r\\n' > %s; done"));
                    strangers.add(stranger(mirror, host, "for i in {10..59}; do eval \"exec $i<>%s\"; done; sleep 60"));
                }
                Await.until(
                        "half of the load",
                        LIMIT,
                        () -> mirror.onlineLines(mark).size() > 2500);
                mirror.lab().control("loss", "client", "eth1", "100"); // the silent ones are half-open from here on
                LoadResult result = load.await(LIMIT);
                mirror.lab().control("loss", "client", "eth1", "off");
                Expect.shared(Expect.whole(mirror, mark, result, LIMIT));
            }
        } finally {
            strangers.forEach(HostProcess::close);
        }
    }

    private static HostProcess stranger(Mirror mirror, String host, String script) {
        String port = "/dev/tcp/" + Lab.address(host) + "/36524";
        return mirror.lab().start("client", "strangers.log", List.of("bash", "-c", script.replace("%s", port)));
    }
}
