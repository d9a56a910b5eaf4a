// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;

/** The expected tokens were computed by Python's hashlib from the formulae of the manual. */
class ScramblesTest {
    private static final byte[] SCRAMBLE = HexFormat.of().parseHex("0102030405060708090a0b0c0d0e0f1011121314");
    private static final byte[] PASSWORD = "other-at-target".getBytes(StandardCharsets.UTF_8);

    @Test
    void nativeTokenIsTheManuals() {
        assertThat(Scrambles.nativeToken(Scrambles.sha1(PASSWORD), SCRAMBLE))
                .asHexString()
                .isEqualToIgnoringCase("da17bad0754af63914fcbabc67492ca46923df2d");
    }

    @Test
    void sha2TokenIsTheManuals() {
        assertThat(Scrambles.sha2Token(Scrambles.sha256(PASSWORD), SCRAMBLE))
                .asHexString()
                .isEqualToIgnoringCase("15ddac008c9dc428ab9a9eabef30f28325e82b2f7815b85852a651801bbf46cb");
    }

    @Test
    void serverReadsThePasswordWithItsKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";

        byte[] sent = Scrambles.rsa(PASSWORD, SCRAMBLE, pem.getBytes(StandardCharsets.US_ASCII));

        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
        cipher.init(Cipher.DECRYPT_MODE, keys.getPrivate());
        byte[] clear = cipher.doFinal(sent);
        for (int i = 0; i < clear.length; i++) {
            clear[i] ^= SCRAMBLE[i % SCRAMBLE.length];
        }
        assertThat(sent).hasSize(256);
        assertThat(new String(clear, StandardCharsets.UTF_8)).isEqualTo("other-at-target\0");
    }

    @Test
    void whatIsNoKeyIsRefused() {
        assertThat(Scrambles.rsa(PASSWORD, SCRAMBLE, "no key".getBytes(StandardCharsets.US_ASCII)))
                .isNull();
        assertThat(Scrambles.rsa(PASSWORD, SCRAMBLE, new byte[0])).isNull();
    }
}
