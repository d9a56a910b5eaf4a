// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this host calls itself. Stateless. */
public final class HostName {
    private HostName() {}

    /** The kernel's host name, or {@code unknown}. No name server is asked: a start must not wait for one. */
    public static String get() {
        try {
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            return name.isEmpty() ? "unknown" : name;
        } catch (IOException e) {
            return "unknown";
        }
    }
}
