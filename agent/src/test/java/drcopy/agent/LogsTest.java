// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.EchoEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogsTest {
    private static final Logger LOG = LoggerFactory.getLogger(LogsTest.class);
    private static final int MANY = 200_000;

    @TempDir
    private Path folder;

    @AfterEach
    void endLog() {
        Logs.toNowhere();
    }

    @Test
    void appendsToTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("log"), "before\n");
        Logs.toFile(file, Logs.Verbosity.INFO);
        LOG.info("after");
        LOG.debug("unwanted");
        Logs.flush();
        assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo("before");
        assertThat(Files.readString(file)).contains("INFO").contains("LogsTest: after");
    }

    @Test
    void refusesAFileThatCannotBeWritten() {
        assertThatThrownBy(() -> Logs.toFile(folder, Logs.Verbosity.INFO))
                .isInstanceOf(ConfigException.class)
                .hasMessage("--log " + folder + ": must be a file that can be written: is a directory");
    }

    @Test
    void followsAFileThatWasMovedAway() throws IOException {
        Path file = folder.resolve("log");
        Logs.toFile(file, Logs.Verbosity.INFO);
        Files.move(file, folder.resolve("log.1"));
        await().untilAsserted(() -> {
            LOG.info("line");
            assertThat(file).exists();
        });
    }

    @Test
    void aClockThatIsSetBackKeepsNoFileAway() throws IOException {
        Path file = folder.resolve("log");
        EchoEncoder<ILoggingEvent> encoder = new EchoEncoder<>();
        LogFile log = new LogFile(file, encoder);
        log.start();
        log.doAppend(event(Duration.ofDays(1).toMillis()));
        Files.delete(file);
        await().untilAsserted(() -> {
            log.doAppend(event(0));
            assertThat(file).exists();
        });
        log.stop();
    }

    private static LoggingEvent event(long timestampMs) {
        LoggingEvent event = new LoggingEvent();
        event.setTimeStamp(timestampMs);
        event.setMessage("line");
        return event;
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aDeviceWithoutRoomCostsLinesOnly() {
        Logs.toFile(Path.of("/dev/full"), Logs.Verbosity.INFO);
        logMany();
    }

    @Test
    @Tag("lab")
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aFullDiskCostsLinesOnlyAndLoggingGoesOnWhenThereIsRoom() throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=64k", "drcopy-agent-test", folder.toString());
        try {
            Path file = folder.resolve("log");
            Logs.toFile(file, Logs.Verbosity.INFO);
            logMany();
            assertThat(Files.size(file)).isLessThanOrEqualTo(64 << 10);
            Files.writeString(file, "");
            await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
                LOG.info("room again");
                assertThat(Files.readString(file)).contains("room again");
            });
        } finally {
            Logs.toNowhere();
            run("umount", folder.toString());
        }
    }

    private static void logMany() {
        for (int i = 0; i < MANY; i++) {
            LOG.warn("line {} of many, which nobody will ever read to its end", i);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
