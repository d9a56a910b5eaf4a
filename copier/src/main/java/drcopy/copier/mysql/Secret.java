// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import java.nio.charset.StandardCharsets;

/** What is known of one user's password on the target. Never printed. Immutable. */
public final class Secret {
    private final byte[] password;
    private final byte[] sha1;
    private final byte[] sha256;

    private Secret(byte[] password, byte[] sha1, byte[] sha256) {
        this.password = password;
        this.sha1 = sha1;
        this.sha256 = sha256;
    }

    /** The password itself, perhaps empty. */
    public static Secret ofPassword(String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        return new Secret(bytes, Scrambles.sha1(bytes), Scrambles.sha256(bytes));
    }

    /**
     * Hashes of the password, as good as the password for the logins that need no more.
     *
     * @param sha1 20 bytes or null
     * @param sha256 32 bytes or null
     */
    public static Secret ofHashes(byte[] sha1, byte[] sha256) {
        return new Secret(null, sha1, sha256);
    }

    private boolean isEmpty() {
        return password != null && password.length == 0;
    }

    /**
     * The plugin's proof for this scramble.
     *
     * @return null when the plugin is none of ours, or its hash is not known
     */
    byte[] token(AuthPlugin plugin, byte[] scramble) {
        if (isEmpty()) {
            return new byte[0];
        }
        return switch (plugin) {
            case NATIVE -> sha1 == null ? null : Scrambles.nativeToken(sha1, scramble);
            case CACHING_SHA2 -> sha256 == null ? null : Scrambles.sha2Token(sha256, scramble);
            case OTHER -> null;
        };
    }

    /** The password under the server's key, or null when only hashes are known or the key is none. */
    byte[] encrypted(byte[] scramble, byte[] pem) {
        return password == null ? null : Scrambles.rsa(password, scramble, pem);
    }

    boolean isPasswordKnown() {
        return password != null;
    }

    @Override
    public String toString() {
        return "secret";
    }
}
