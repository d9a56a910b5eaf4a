// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.check;

import drcopy.agent.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Looks for a systemd-networkd that runs: at a restart it takes away rules and routes that it did not make (networkd.conf(5)), unless it is
 * told not to. Ours bear the kernel's mark, which the releases we know leave alone. Immutable.
 */
final class Networkd {
    /** The kernel cuts a process's name to 15 bytes. */
    private static final String NAME = "systemd-network";

    private static final List<String> SETTINGS = List.of("ManageForeignRoutingPolicyRules", "ManageForeignRoutes");
    private static final Set<String> NO = Set.of("no", "false", "off", "0", "n", "f");
    private static final List<String> FOLDERS = List.of("usr/lib/systemd", "run/systemd", "etc/systemd");

    private final Path root;

    /** @param root {@code /} */
    Networkd(Path root) {
        this.root = root;
    }

    /** Nothing where it does not run. */
    List<Finding> look() {
        if (!runs()) {
            return List.of();
        }
        String subject = "systemd-networkd";
        List<String> missing =
                SETTINGS.stream().filter(setting -> !isOff(setting)).toList();
        return List.of(
                missing.isEmpty()
                        ? Finding.ok(subject, "leaves rules and routes of others alone")
                        : Finding.note(
                                subject,
                                "runs without " + String.join("=no, ", missing)
                                        + "=no: a restart may remove rules of the diversion",
                                "write [Network] and these lines into /etc/systemd/networkd.conf.d/drcopy.conf,"
                                        + " then systemctl restart systemd-networkd"));
    }

    private boolean runs() {
        try (Stream<Path> processes = Files.list(root.resolve("proc"))) {
            return processes.anyMatch(
                    process -> NAME.equals(text(process.resolve("comm")).strip()));
        } catch (IOException e) {
            return false;
        }
    }

    /** The last assignment counts; drop-ins come after the file, the administrator's after the vendor's. */
    private boolean isOff(String setting) {
        String value = "yes";
        for (Path file : files()) {
            for (String line : text(file).split("\n", -1)) {
                String[] words = line.split("=", 2);
                if (words.length == 2 && words[0].strip().equals(setting)) {
                    value = words[1].strip();
                }
            }
        }
        return NO.contains(value);
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        FOLDERS.forEach(folder -> files.add(root.resolve(folder).resolve("networkd.conf")));
        FOLDERS.forEach(folder -> files.addAll(dropIns(root.resolve(folder).resolve("networkd.conf.d"))));
        return files;
    }

    private static List<Path> dropIns(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Empty where it cannot be read: the process has ended, no such file. */
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
