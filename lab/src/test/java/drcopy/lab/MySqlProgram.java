// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The folder of a MySQL 8: what the system property {@code drcopy.lab.mysql} names, else 8.0.12, unpacked from the test's classes. */
final class MySqlProgram {
    private MySqlProgram() {}

    static Path folder() throws IOException {
        String named = System.getProperty("drcopy.lab.mysql");
        Path folder = named == null ? Lab.home().resolve("lab/target/mysql-8.0.12") : Path.of(named);
        if (!Files.exists(folder)) {
            Path part = Files.createDirectories(folder.resolveSibling("mysql.part"));
            Path archive = part.resolve("archive.tar.gz");
            try (InputStream in = MySqlProgram.class.getResourceAsStream("/mysql-Linux-amd64.tar.gz")) {
                Files.copy(in, archive);
            }
            Shell.run(Duration.ofMinutes(1), "tar", "xzf", archive.toString(), "-C", part.toString());
            Files.move(part, folder);
        }
        return folder;
    }

    /** Its command line client, or MariaDB's where it has none. */
    static String client() throws IOException {
        Path own = folder().resolve("bin/mysql");
        return Files.isExecutable(own) ? own.toString() : "mariadb";
    }
}
