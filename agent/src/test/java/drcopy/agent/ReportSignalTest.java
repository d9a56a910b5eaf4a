// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReportSignalTest {
    @Test
    void reportsAtEachSignalAndGoesOn() throws IOException, InterruptedException {
        AtomicInteger reports = new AtomicInteger();
        ReportSignal.install(() -> "report " + reports.incrementAndGet());

        signal();
        await().until(() -> reports.get() == 1);
        signal();

        await().until(() -> reports.get() == 2);
    }

    private static void signal() throws IOException, InterruptedException {
        String pid = Long.toString(ProcessHandle.current().pid());
        new ProcessBuilder("kill", "-USR1", pid).inheritIO().start().waitFor();
    }
}
