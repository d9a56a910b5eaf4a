// SPDX-License-Identifier: Apache-2.0
package drcopy.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Why two hosts could not agree on TLS, in words for people. Stateless; any thread. */
public final class TlsFailure {
    private static final Pattern ALERT =
            Pattern.compile("(alert|tlsv1|sslv3).*(certificate|unknown[ _]ca|required|internal[ _]error)");

    private TlsFailure() {}

    /** A clause about the other host, "it showed no certificate"; empty when TLS is not what failed. */
    public static Optional<String> clause(Throwable failure) {
        String general = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String clause = one(cause);
            if (clause != null && (general == null || cause instanceof CertificateException)) {
                general = clause;
            }
        }
        return Optional.ofNullable(general);
    }

    private static String one(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (cause instanceof CertificateExpiredException) {
            return "the certificate it showed has expired, " + text;
        }
        if (cause instanceof CertificateNotYetValidException) {
            return "the certificate it showed is not valid yet, " + text;
        }
        if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
            return "the certificate it showed is not of our authority";
        }
        if (cause instanceof CertificateException && text.startsWith("No ")) {
            return "its certificate is for others: " + text;
        }
        return cause instanceof SSLException ? handshake(text.toLowerCase(Locale.ROOT)) : null;
    }

    private static String handshake(String text) {
        if (text.contains("not an ssl/tls record")) {
            return "it does not speak TLS";
        }
        if (text.contains("did_not_return_a_certificate") || text.contains("did not return a certificate")) {
            return "it showed no certificate";
        }
        return ALERT.matcher(text).find() ? "it does not accept our certificate" : null;
    }
}
