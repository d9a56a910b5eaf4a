// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The rights that copiers and interceptors need. Stateless. */
public final class Capabilities {
    /** What to do when one is missing. */
    public static final String REMEDY =
            "run as root, or give the process CAP_NET_RAW and CAP_NET_ADMIN (systemd: AmbientCapabilities=)";

    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_NET_RAW = 13;

    private Capabilities() {}

    /** Whether the process has both. */
    public static Finding check() {
        long effective = effectiveCapabilities();
        boolean raw = (effective >>> CAP_NET_RAW & 1) == 1;
        boolean admin = (effective >>> CAP_NET_ADMIN & 1) == 1;
        if (raw && admin) {
            return Finding.ok("capabilities", "CAP_NET_RAW and CAP_NET_ADMIN");
        }
        String missing = raw ? "CAP_NET_ADMIN" : admin ? "CAP_NET_RAW" : "CAP_NET_RAW and CAP_NET_ADMIN";
        return Finding.fail("capabilities", missing + " missing", REMEDY);
    }

    private static long effectiveCapabilities() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    return Long.parseUnsignedLong(
                            line.substring("CapEff:".length()).strip(), 16);
                }
            }
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
        return 0;
    }
}
