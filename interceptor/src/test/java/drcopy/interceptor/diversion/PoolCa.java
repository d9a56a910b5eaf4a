// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.tls.MutualTls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code bin/pool-ca} in a folder of a test's. */
final class PoolCa {
    private static final Path SCRIPT = Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
            .map(folder -> folder.resolve("bin/pool-ca"))
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();

    private final Path folder;

    private PoolCa(Path folder) {
        this.folder = folder;
    }

    static PoolCa init(Path folder) {
        PoolCa ca = new PoolCa(folder);
        ca.run(365, "init");
        return ca;
    }

    /** A host's certificate, for itself and for 127.0.0.1. */
    PoolCa issue(String name) {
        return issue(name, 365);
    }

    PoolCa issue(String name, int days) {
        run(days, "issue", name, "127.0.0.1");
        return this;
    }

    private void run(int days, String... arguments) {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), folder.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DAYS", String.valueOf(days));
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    MutualTls open(String name) {
        return MutualTls.open(file(name + ".pem"), file(name + ".key"), file("ca.pem"));
    }

    /** Puts its files into another folder, under other names. */
    void copyTo(Path other, String from, String to) throws IOException {
        for (String kind : List.of(".pem", ".key")) {
            Files.copy(file(from + kind), other.resolve(to + kind), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.copy(file("ca.pem"), other.resolve("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
    }
}
