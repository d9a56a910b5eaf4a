// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.copier.metrics.ProgressLine;
import drcopy.copier.metrics.ReplayProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Progress for a person at a terminal, and of a replay for the log, too. */
final class Terminal {
    private static final Logger LOG = LoggerFactory.getLogger(Terminal.class);
    private static final long INTERVAL_MS = TimeUnit.SECONDS.toMillis(5);
    private static final long BAR_INTERVAL_MS = 500;
    /** To the first column, and away with what stands behind the cursor (ECMA-48: EL). */
    private static final String AGAIN = "\r";

    private static final String TO_END = "\u001b[K";

    private Terminal() {}

    /** What is shown until it is closed. */
    interface Progress extends AutoCloseable {
        /** Shows how it stands now, once more. */
        void last();

        @Override
        void close();
    }

    /** Prints a line every few seconds from now on, on a thread of its own, if stderr is a terminal. */
    static void show(ProgressLine progress, LongSupplier clock) {
        if (isTerminal()) {
            every(INTERVAL_MS, () -> System.err.println(progress.next(clock.getAsLong())));
        }
    }

    /** Shows a bar that moves, on a thread of its own; a line in the log every few seconds if stderr is no terminal. */
    static Progress show(ReplayProgress progress, LongSupplier clock) {
        boolean isTerminal = isTerminal();
        Object lock = new Object();
        Runnable print = () -> {
            synchronized (lock) {
                if (isTerminal) {
                    System.err.print(AGAIN + progress.bar(clock.getAsLong()) + TO_END);
                } else {
                    LOG.info("{}", progress.line(clock.getAsLong()));
                }
            }
        };
        Timer timer = every(isTerminal ? BAR_INTERVAL_MS : INTERVAL_MS, print);
        return new Progress() {
            @Override
            public void last() {
                print.run();
            }

            @Override
            public void close() {
                timer.cancel();
                if (isTerminal) {
                    System.err.println();
                }
            }
        };
    }

    private static Timer every(long intervalMs, Runnable print) {
        Timer timer = new Timer("progress", true);
        TimerTask task = new TimerTask() {
            @Override
            public void run() {
                print.run();
            }
        };
        timer.schedule(task, intervalMs, intervalMs);
        return timer;
    }

    private static boolean isTerminal() {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
