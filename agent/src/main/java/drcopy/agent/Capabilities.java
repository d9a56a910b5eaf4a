// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rights that copiers and interceptors need. Stateless. */
public final class Capabilities {
    /** What to do when one is missing. */
    public static final String REMEDY =
            "run as root, or give the process CAP_NET_RAW, an interceptor CAP_NET_ADMIN too (systemd: AmbientCapabilities=)";

    /** A right, with its bit in the kernel's sets (linux/capability.h). */
    public enum Capability {
        CAP_NET_RAW(13),
        CAP_NET_ADMIN(12);

        private final int bit;

        Capability(int bit) {
            this.bit = bit;
        }

        private boolean isIn(long set) {
            return (set >>> bit & 1) == 1;
        }
    }

    private Capabilities() {}

    /** Whether the process has all of these. */
    public static Finding check(Capability... needed) {
        long effective = effectiveCapabilities();
        String missing = names(Stream.of(needed).filter(capability -> !capability.isIn(effective)));
        return missing.isEmpty()
                ? Finding.ok("capabilities", names(Stream.of(needed)))
                : Finding.fail("capabilities", missing + " missing", REMEDY);
    }

    private static String names(Stream<Capability> capabilities) {
        return capabilities.map(Capability::name).collect(Collectors.joining(" and "));
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
