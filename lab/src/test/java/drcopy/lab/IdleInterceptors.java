// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Interceptors that see nothing, in one process on the assistant's host: fifty JVMs are more than a machine can hold. */
final class IdleInterceptors implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String ASSISTANT = "198.18.1.30";
    private static final int FIRST_PORT = 20_000;

    private final HostProcess process;
    private final int count;

    private IdleInterceptors(HostProcess process, int count) {
        this.process = process;
        this.count = count;
    }

    /** They listen when this returns. */
    static IdleInterceptors start(Lab lab, int count) {
        Path target = Lab.home().resolve("interceptor").resolve("target");
        HostProcess process = lab.start(
                "assistant",
                "more-interceptors.log",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        target.resolve("test-classes") + ":" + target.resolve("run") + "/*",
                        "drcopy.interceptor.InterceptorHost",
                        Integer.toString(FIRST_PORT),
                        Integer.toString(count)));
        Await.until("more interceptors listen", LIMIT, () -> process.output().contains("listen"));
        return new IdleInterceptors(process, count);
    }

    /** As {@code -s} wants them. */
    String addresses() {
        return IntStream.range(0, count)
                .mapToObj(i -> ASSISTANT + ":" + (FIRST_PORT + i))
                .collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        process.close();
    }
}
