// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What was built: the project's version and, where the build knew it, the git commit. Immutable. */
public final class Version {
    private static final Properties BUILD = load();

    private Version() {}

    public static String version() {
        return BUILD.getProperty("version");
    }

    /** Abbreviated commit hash, or {@code unknown}. */
    public static String commit() {
        return BUILD.getProperty("commit");
    }

    /** {@code copier 0.1.0 (commit 05b96f4, Java 17.0.15)}. */
    public static String text(String program) {
        return program + " " + version() + " (commit " + commit() + ", Java "
                + Runtime.version().feature() + ")";
    }

    private static Properties load() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException("version.properties cannot be read from the class path", e);
        }
    }
}
