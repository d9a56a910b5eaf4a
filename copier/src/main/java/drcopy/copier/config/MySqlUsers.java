// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import drcopy.agent.ConfigException;
import drcopy.copier.mysql.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code --mysql}: entries on the command line, or one a line in a file that only its owner may read. What it says never
 * holds a password.
 */
final class MySqlUsers {
    private static final String OPTION = "--mysql";
    private static final Set<PosixFilePermission> ALLOWED =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private MySqlUsers() {}

    /**
     * The users, or empty when the services are no MySQL.
     *
     * @param option null when it was not given
     * @param skipGrant the target lets every user in
     */
    static Optional<Users> read(String option, boolean skipGrant) {
        if (option == null) {
            return skipGrant ? Optional.of(Users.parse(List.of(), true)) : Optional.empty();
        }
        boolean isFile = option.startsWith("@");
        List<String> entries = isFile ? lines(option.substring(1)) : List.of(option.split(",", -1));
        try {
            return Optional.of(Users.parse(entries, skipGrant));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(OPTION, isFile ? option : null, e.getMessage());
        }
    }

    private static List<String> lines(String name) {
        try {
            Path file = Path.of(name);
            if (!ALLOWED.containsAll(Files.getPosixFilePermissions(file))) {
                throw new ConfigException(OPTION, "@" + name, "must be readable by its owner only (chmod 600)");
            }
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException | InvalidPathException e) {
            throw new ConfigException(OPTION, "@" + name, "must be a file that can be read");
        }
    }
}
