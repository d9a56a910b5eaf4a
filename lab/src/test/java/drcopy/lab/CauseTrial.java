// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * What waits for the target waits for nothing else: messages of services that push, of dialogues in which messages cross, and of
 * uploads that are answered in between or early arrive at the target when online took them. Each message's time is noted by both.
 */
@Tag("lab")
class CauseTrial {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final long MOST_P99_US = 50_000;
    private static final String HOST = "rs1";

    /** A service online, the target's, and the client. Times are in microseconds. */
    private record Dialogue(String name, int port, String online, String target, String client) {
        String client(int connections, int count) {
            return client + ":" + port + ":" + connections + ":" + count;
        }
    }

    private static final List<Dialogue> PUSHES = List.of(
            new Dialogue("pushed with jitter", 7001, "push:7001:20000:0", "push:7001:20000:15000", "push"),
            new Dialogue("pushed 10 % slower", 7002, "push:7002:20000:0", "push:7002:22000:0", "push"),
            new Dialogue("pushed a fifth as often", 7003, "push:7003:20000:0", "push:7003:100000:0", "push"),
            new Dialogue("never pushed", 7004, "push:7004:20000:0", "push:7004:0:0", "push"));
    private static final List<Dialogue> CROSSINGS = List.of(
            new Dialogue("crossing, equal services", 7011, "parts:7011:2000:3000", "parts:7011:2000:3000", "parts"),
            new Dialogue("crossing, the target at once", 7012, "parts:7012:2000:3000", "parts:7012:2000:0", "parts"),
            new Dialogue(
                    "crossing, the target slower", 7013, "parts:7013:2000:3000", "parts:7013:12000:8000", "parts"));
    private static final List<Dialogue> UPLOADS = List.of(
            new Dialogue("interim answers", 7021, "interim:7021:1000:0", "interim:7021:1000:0", "interim"),
            new Dialogue("interim answers of online's", 7022, "interim:7022:1000:0", "plain:7022:1000:0", "interim"),
            new Dialogue("interim answers of the target's", 7023, "plain:7023:1000:0", "interim:7023:1000:0", "plain"),
            new Dialogue("early answers", 7024, "early:7024:1000:0", "early:7024:1000:0", "early"),
            new Dialogue("early answers of online's", 7025, "early:7025:1000:0", "plain:7025:1000:0", "early"),
            new Dialogue("early answers of the target's", 7026, "plain:7026:1000:0", "early:7026:1000:0", "plain"),
            new Dialogue("interim online, early target", 7027, "interim:7027:1000:0", "early:7027:1000:0", "interim"),
            new Dialogue(
                    "interim answers, target slower", 7028, "interim:7028:1000:0", "plain:7028:15000:0", "interim"),
            new Dialogue("early answers, target slower", 7029, "early:7029:1000:0", "plain:7029:15000:0", "early"));

    /** Compile what the agents need before lag counts. */
    private static final List<Dialogue> WARM_UPS = List.of(
            new Dialogue("warm-up", 7000, "parts:7000:2000:3000", "parts:7000:2000:3000", "parts"),
            new Dialogue("warm-up", 7020, "interim:7020:1000:0", "interim:7020:1000:0", "interim"));

    private static Mirror mirror;
    private static Dialogues dialogues;

    @BeforeAll
    static void up() {
        Lab lab = Lab.up(Lab.Director.HMARK, "cause" + ProcessHandle.current().pid(), 1);
        dialogues = Dialogues.start(
                lab,
                HOST,
                all().map(Dialogue::online).toList(),
                all().map(Dialogue::target).toList());
        String transfers =
                all().map(d -> d.port() + "-" + Lab.VIP + ":" + d.port()).collect(Collectors.joining(","));
        String services = all().map(d -> Lab.VIP + ":" + d.port()).collect(Collectors.joining(","));
        mirror = Mirror.up(lab, List.of("-x", transfers, "-s", Lab.address(HOST)), List.of("--divert", services));
        dialogues.talk(LIMIT, WARM_UPS.stream().map(d -> d.client(10, 80)).toArray(String[]::new));
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    private static Stream<Dialogue> all() {
        return Stream.of(WARM_UPS, PUSHES, CROSSINGS, UPLOADS).flatMap(List::stream);
    }

    @TestFactory
    Stream<DynamicTest> messagesArriveWhenOnlineTookThem() {
        List<String> clients = new ArrayList<>();
        PUSHES.forEach(d -> clients.add(d.client(3, 450)));
        CROSSINGS.forEach(d -> clients.add(d.client(4, 100)));
        UPLOADS.forEach(d -> clients.add(d.client(4, 50)));
        dialogues.talk(LIMIT, clients.toArray(new String[0]));
        return all().filter(d -> !WARM_UPS.contains(d)).map(d -> DynamicTest.dynamicTest(d.name(), () -> isTimely(d)));
    }

    private static void isTimely(Dialogue d) {
        String kinds = d.client().equals("push") ? "p" : d.client().equals("parts") ? "ax" : "ubn";
        Map<String, Long> online = heard("online", kinds, d.port());
        Await.happens(Duration.ofSeconds(10), () -> heard(HOST, kinds, d.port()).size() >= online.size());
        Map<String, Long> target = heard(HOST, kinds, d.port());
        assertThat(target.keySet()).as("%s", Expect.state(mirror)).isEqualTo(online.keySet());
        long[] lagsUs = online.keySet().stream()
                .mapToLong(name -> (target.get(name) - online.get(name)) / 1_000)
                .sorted()
                .toArray();
        long p99 = lagsUs[(int) (0.99 * (lagsUs.length - 1))];
        System.out.printf(
                Locale.ROOT,
                "lag, %s: p50 %d us, p99 %d us, most %d us of %d%n",
                d.name(),
                lagsUs[lagsUs.length / 2],
                p99,
                lagsUs[lagsUs.length - 1],
                lagsUs.length);
        assertThat(p99)
                .as("p99 of %s, us; %s", d.name(), Arrays.toString(lagsUs))
                .isLessThanOrEqualTo(MOST_P99_US);
    }

    private static Map<String, Long> heard(String host, String kinds, int port) {
        return dialogues.heard(host, kinds, port);
    }
}
