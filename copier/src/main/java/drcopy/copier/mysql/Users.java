// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The target's users and their secrets, in the order given. Immutable; its text shows names only.
 *
 * <p>An entry is {@code user@password} (the password may be empty, and hold anything but a line's end), or
 * {@code user sha1=HEX sha256=HEX} with one or both hashes of the password.
 */
public final class Users {
    private final Map<String, Secret> secrets;
    private final boolean takesAll;

    private Users(Map<String, Secret> secrets, boolean takesAll) {
        this.secrets = secrets;
        this.takesAll = takesAll;
    }

    /**
     * @param takesAll the target lets everybody in: users that are not listed have the empty password
     * @throws IllegalArgumentException with the number of the entry, never its text
     */
    public static Users parse(List<String> entries, boolean takesAll) {
        Map<String, Secret> secrets = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            String entry = entries.get(i);
            int at = entry.indexOf('@');
            int space = entry.indexOf(' ');
            boolean isHashed = space > 0 && (at < 0 || space < at);
            int end = isHashed ? space : at;
            if (end <= 0) {
                throw new IllegalArgumentException("entry " + (i + 1) + " must be user@password");
            }
            String rest = entry.substring(end + 1);
            Secret secret = isHashed ? hashes(rest, i + 1) : Secret.ofPassword(rest);
            if (secrets.put(entry.substring(0, end), secret) != null) {
                throw new IllegalArgumentException("entry " + (i + 1) + " names a user again");
            }
        }
        return new Users(secrets, takesAll);
    }

    private static Secret hashes(String text, int number) {
        byte[] sha1 = null;
        byte[] sha256 = null;
        for (String word : text.strip().split("\\s+", -1)) {
            if (word.startsWith("sha1=")) {
                sha1 = hex(word.substring(5), 20, number);
            } else if (word.startsWith("sha256=")) {
                sha256 = hex(word.substring(7), 32, number);
            } else {
                throw new IllegalArgumentException("entry " + number + " must be user sha1=HEX sha256=HEX");
            }
        }
        return Secret.ofHashes(sha1, sha256);
    }

    private static byte[] hex(String text, int length, int number) {
        try {
            byte[] bytes = HexFormat.of().parseHex(text);
            if (bytes.length == length) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // said below, without the text
        }
        throw new IllegalArgumentException("entry " + number + " must have " + length * 2 + " hexadecimal digits");
    }

    /** The user's secret, or null when the user is not known. */
    Secret secret(String user) {
        Secret secret = secrets.get(user);
        return secret == null && takesAll ? Secret.ofPassword("") : secret;
    }

    /** Who logs in for a session whose login was not seen; empty when nobody is listed. */
    String first() {
        return secrets.isEmpty() ? "" : secrets.keySet().iterator().next();
    }

    @Override
    public String toString() {
        return String.join(",", secrets.keySet());
    }
}
