// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Redis online and on the real servers: a protocol without HTTP's shape, one command at a time and pipelined. */
@Tag("lab")
class RedisTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        Lab lab = Lab.up(Lab.Director.LVS);
        redis(lab, "online");
        lab.realServers().forEach(host -> redis(lab, host));
        String servers = lab.realServers().stream().map(Lab::address).collect(Collectors.joining(","));
        mirror = Mirror.up(
                lab, List.of("-x", "6379-" + Lab.VIP + ":6379", "-s", servers), List.of("--divert", Lab.VIP + ":6379"));
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    private static void redis(Lab lab, String host) {
        lab.start(
                host,
                "redis-" + host + ".log",
                List.of("redis-server", "--port", "6379", "--save", "", "--protected-mode", "no", "--dir", "/tmp"));
        Await.until(
                "redis on " + host,
                LIMIT,
                () -> lab.attempt(host, "redis-cli", "PING").status() == 0);
    }

    private static long counter(String host, String name) {
        String value = mirror.lab().run(host, "redis-cli", "--raw", "GET", name).strip();
        return value.isEmpty() ? 0 : Long.parseLong(value);
    }

    private static void countsAlike(String name, String... options) {
        String[] command = new String[options.length + 5];
        System.arraycopy(new String[] {"redis-benchmark", "-h", Lab.ONLINE}, 0, command, 0, 3);
        System.arraycopy(options, 0, command, 3, options.length);
        command[options.length + 3] = "INCR";
        command[options.length + 4] = name;

        mirror.lab().run("client", command);

        long online = counter("online", name);
        Await.happens(LIMIT, () -> total(name) >= online);
        assertThat(total(name)).as("%s", Expect.state(mirror)).isEqualTo(online).isPositive();
        assertThat(mirror.leaks()).isZero();
    }

    private static long total(String name) {
        return mirror.lab().realServers().stream()
                .mapToLong(host -> counter(host, name))
                .sum();
    }

    @Test
    void countsTheSameOneByOne() {
        countsAlike("single", "-n", "20000", "-c", "30");
    }

    @Test
    void countsTheSamePipelined() {
        countsAlike("pipelined", "-n", "80000", "-c", "20", "-P", "16");
    }

    @Test
    void countsTheSameWithNewConnections() {
        countsAlike("short", "-n", "3000", "-c", "20", "-k", "0");
    }
}
