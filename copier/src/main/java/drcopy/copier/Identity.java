// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.copier.config.CopierConfig;
import drcopy.copier.response.CopierIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/** Who this process is to the interceptors. */
final class Identity {
    private static final String POOL = "default";

    private Identity() {}

    /** The same copier id for the same host, services and instances, so that a restart replaces the routes of the run before. */
    static CopierIdentity of(CopierConfig config) {
        String purpose = config.transfers() + " " + config.instanceIds();
        String copierId = host() + "/" + config.instanceIds().get(0) + "/" + Integer.toHexString(purpose.hashCode());
        return new CopierIdentity(copierId, new SecureRandom().nextLong(), POOL, config.instanceIds());
    }

    /** A name of its own for the preflight, so that a running copier keeps its routes. */
    static CopierIdentity ofCheck() {
        String copierId = host() + "/check/" + ProcessHandle.current().pid();
        return new CopierIdentity(copierId, new SecureRandom().nextLong(), POOL, List.of());
    }

    /** The kernel's host name: no name server is asked. */
    static String host() {
        try {
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            return name.isEmpty() ? "unknown" : name;
        } catch (IOException e) {
            return "unknown";
        }
    }
}
