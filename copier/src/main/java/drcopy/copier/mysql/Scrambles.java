// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;

/**
 * The proofs of a password that the authentication plugins ask for, each bound to a scramble of the server's. Stateless; any
 * thread. Sources: MySQL's "Native Authentication" and "Caching_sha2_password information" of the source documentation.
 */
public final class Scrambles {
    private Scrambles() {}

    /** {@code SHA1(password) XOR SHA1(scramble + SHA1(SHA1(password)))}, 20 bytes. */
    public static byte[] nativeToken(byte[] sha1OfPassword, byte[] scramble) {
        MessageDigest sha1 = digest("SHA-1");
        byte[] stage2 = sha1.digest(sha1OfPassword);
        sha1.update(scramble);
        return xor(sha1OfPassword, sha1.digest(stage2));
    }

    /** {@code SHA256(password) XOR SHA256(SHA256(SHA256(password)) + scramble)}, 32 bytes. */
    public static byte[] sha2Token(byte[] sha256OfPassword, byte[] scramble) {
        MessageDigest sha256 = digest("SHA-256");
        sha256.update(sha256.digest(sha256OfPassword));
        return xor(sha256OfPassword, sha256.digest(scramble));
    }

    /**
     * The password itself for the owner of an RSA key: its bytes and a NUL, XORed with the repeated scramble, under RSA-OAEP
     * with SHA-1.
     *
     * @param pem the server's public key
     * @return null when that is no usable key
     */
    public static byte[] rsa(byte[] password, byte[] scramble, byte[] pem) {
        byte[] clear = new byte[password.length + 1];
        System.arraycopy(password, 0, clear, 0, password.length);
        for (int i = 0; i < clear.length; i++) {
            clear[i] ^= scramble[i % scramble.length];
        }
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
            cipher.init(Cipher.ENCRYPT_MODE, publicKey(pem));
            return cipher.doFinal(clear);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return null;
        }
    }

    private static PublicKey publicKey(byte[] pem) throws GeneralSecurityException {
        String text = new String(pem, StandardCharsets.US_ASCII)
                .replaceAll("-----[A-Z ]+-----", "")
                .replaceAll("\\s", "");
        return KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
    }

    static byte[] sha1(byte[] password) {
        return digest("SHA-1").digest(password);
    }

    static byte[] sha256(byte[] password) {
        return digest("SHA-256").digest(password);
    }

    private static byte[] xor(byte[] a, byte[] b) {
        byte[] result = a.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] ^= b[i];
        }
        return result;
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(name + " is in every JDK", e);
        }
    }
}
