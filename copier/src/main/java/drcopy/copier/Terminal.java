// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.copier.metrics.ProgressLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Progress for a person at a terminal. */
final class Terminal {
    private static final long INTERVAL_MS = TimeUnit.SECONDS.toMillis(5);

    private Terminal() {}

    /** Prints a line every few seconds from now on, on a thread of its own, if stderr is a terminal. */
    static void show(ProgressLine progress, LongSupplier clock) {
        if (!isTerminal()) {
            return;
        }
        TimerTask print = new TimerTask() {
            @Override
            public void run() {
                System.err.println(progress.next(clock.getAsLong()));
            }
        };
        new Timer("progress", true).schedule(print, INTERVAL_MS, INTERVAL_MS);
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
