// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What systemd is told of a service of {@code Type=notify}. It is told through systemd-notify, for the JDK has no datagram sockets
 * of the Unix family; the unit needs {@code NotifyAccess=all}. Stateless.
 */
final class Systemd {
    private static final Logger LOG = LoggerFactory.getLogger(Systemd.class);
    private static final int LIMIT_SECONDS = 5;

    private Systemd() {}

    /** Start-up is over. Nothing happens when systemd did not start this process; a failure is logged. */
    static void ready() {
        if (System.getenv("NOTIFY_SOCKET") == null) {
            return;
        }
        try {
            Process notify = new ProcessBuilder("systemd-notify", "--ready")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!notify.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || notify.exitValue() != 0) {
                LOG.warn("systemd-notify failed: systemd may take this service for one that does not start");
            }
            notify.destroyForcibly();
        } catch (IOException e) {
            LOG.warn("systemd cannot be told that start-up is done: {}", Reasons.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
