// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How late connections are that are opened again on the same addresses, with three and with fifty interceptors, from the copier's first
 * minute on. Wants a machine that does nothing else: runs by name only.
 */
@Tag("lab")
class LagTrial {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final double MOST_P50_MS = 5;
    private static final double MOST_P99_MS = 20;

    @ParameterizedTest
    @ValueSource(ints = {3, 50})
    void reopenedAndReused(int interceptors) {
        try (Mirror mirror = Mirror.up(Lab.Director.HMARK);
                IdleInterceptors more = IdleInterceptors.start(mirror.lab(), Math.max(1, interceptors - 3))) {
            String three = mirror.lab().realServers().stream().map(Lab::address).collect(Collectors.joining(","));
            String all = interceptors > 3 ? three + "," + more.addresses() : three;
            mirror.startCopier(List.of("-x", Mirror.transfers(), "-s", all));
            Await.until(
                    "all interceptors are up", LIMIT, () -> mirror.copier().metric("interceptors_up") == interceptors);
            List<Lag> lags = new ArrayList<>();
            lags.add(
                    lag(mirror, "closed", "--style", "SHORT", "--port", "22000", "--pause", "0.05", "--count", "3000"));
            lags.add(lag(mirror, "reset", "--style", "RESET", "--port", "24000", "--pause", "0.05", "--count", "3000"));
            closeAfter(mirror, 1);
            lags.add(lag(mirror, "slow", "--rate", "20", "--connections", "20", "--count", "300"));
            lags.add(lag(mirror, "medium", "--rate", "200", "--connections", "20", "--count", "3000"));
            lags.add(lag(mirror, "fast", "--rate", "2000", "--connections", "100", "--count", "30000"));
            closeAfter(mirror, 100);
            lags.add(lag(mirror, "hundredth", "--rate", "1000", "--connections", "20", "--count", "20000"));
            assertThat(lags).allSatisfy(lag -> {
                assertThat(lag.isWhole()).isTrue();
                assertThat(lag.p50Ms()).isLessThanOrEqualTo(MOST_P50_MS);
                assertThat(lag.p99Ms()).isLessThanOrEqualTo(MOST_P99_MS);
            });
        }
    }

    private static void closeAfter(Mirror mirror, int requests) {
        mirror.lab().realServers().forEach(host -> mirror.server(host).keep(requests, 60));
    }

    private static Lag lag(Mirror mirror, String run, String... options) {
        List<String> all = new ArrayList<>(List.of("--run", run, "--clients", "20"));
        all.addAll(List.of(options));
        Mirror.Mark mark = mirror.mark();
        mirror.load(LIMIT, all.toArray(new String[0]));
        mirror.settle(mark, LIMIT);
        Lag lag = mirror.lag(mark);
        System.out.println(run + ": " + lag);
        return lag;
    }
}
