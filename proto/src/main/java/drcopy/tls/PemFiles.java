// SPDX-License-Identifier: Apache-2.0
package drcopy.tls;

import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Where one's own certificate, its key and the authority's certificate are. Immutable; any thread.
 *
 * @param certificate the certificate and its chain
 * @param key its key, PKCS #8, unencrypted
 * @param authority certificates of the authorities whose certificates are accepted
 */
record PemFiles(Path certificate, Path key, Path authority) {
    private static final byte[] CHALLENGE = {1, 2, 3, 4};

    /** What the files hold: a chain, its key, and whom to trust. */
    record Content(X509Certificate[] chain, PrivateKey key, X509Certificate[] authorities) {}

    /** Something that differs when a file was changed, removed or put back. */
    List<Object> state() {
        List<Object> state = new ArrayList<>();
        for (Path file : List.of(certificate, key, authority)) {
            try {
                state.add(Files.getLastModifiedTime(file));
                state.add(Files.size(file));
            } catch (IOException e) {
                state.add(e.getClass());
            }
        }
        return state;
    }

    /**
     * Reads all three.
     *
     * @throws IllegalArgumentException with a rule that names the file, when they cannot be used
     */
    Content read() {
        X509Certificate[] chain = certificates(certificate);
        PrivateKey secret = secret();
        if (!isPair(chain[0], secret)) {
            throw new IllegalArgumentException("must be the certificate of the key in " + key);
        }
        refuseUnlessValidNow(chain[0]);
        return new Content(chain, secret, certificates(authority));
    }

    private static X509Certificate[] certificates(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate[] found = CertificateUtils.getX509Certificates(in);
            if (found.length > 0) {
                return found;
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("must be given certificates in PEM form, which " + file + " is not", e);
        }
        throw new IllegalArgumentException("must be given certificates in PEM form, and " + file + " holds none");
    }

    private PrivateKey secret() {
        try (InputStream in = Files.newInputStream(key)) {
            return CertificateUtils.getPrivateKey(in);
        } catch (IOException e) {
            throw unreadable(key, e);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "must have its key, unencrypted PKCS #8 in PEM form, which " + key + " is not", e);
        }
    }

    private static IllegalArgumentException unreadable(Path file, IOException e) {
        String why = e instanceof NoSuchFileException ? "is not there" : "cannot be read";
        return new IllegalArgumentException("must be given files that can be read, and " + file + " " + why, e);
    }

    private static boolean isPair(X509Certificate certificate, PrivateKey secret) {
        String algorithm = secret.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(secret);
            signature.update(CHALLENGE);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(CHALLENGE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private void refuseUnlessValidNow(X509Certificate own) {
        try {
            own.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new IllegalArgumentException(
                    "must be valid now, and " + certificate + " expired at "
                            + own.getNotAfter().toInstant(),
                    e);
        } catch (CertificateNotYetValidException e) {
            throw new IllegalArgumentException(
                    "must be valid now, and " + certificate + " is not before "
                            + own.getNotBefore().toInstant(),
                    e);
        }
    }
}
