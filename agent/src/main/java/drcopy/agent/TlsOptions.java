// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The files of mutual TLS, which all streams use or none: a picocli mixin. Filled at start, then only read. */
public final class TlsOptions {
    private static final String CERTIFICATE = "--tls-cert";
    private static final String KEY = "--tls-key";
    private static final String AUTHORITY = "--tls-ca";

    @Heading("Security")
    @Option(
            names = CERTIFICATE,
            paramLabel = "FILE",
            description =
                    "certificate of this host and its chain, PEM, for mutual TLS between copiers and interceptors;"
                            + " the files are read again when they change (default: no TLS)")
    private Path certificate;

    @Option(names = KEY, paramLabel = "FILE", description = "its key, PKCS #8 in PEM form, unencrypted")
    private Path key;

    @Option(
            names = AUTHORITY,
            paramLabel = "FILE",
            description = "certificate of the authority whose certificates are accepted, PEM")
    private Path authority;

    /** Makes something of the three files. */
    @FunctionalInterface
    public interface Reader<T> {
        /** @throws IllegalArgumentException with a rule about the files */
        T read(Path certificate, Path key, Path authority);
    }

    /**
     * What the reader makes of the files; empty without TLS.
     *
     * @throws ConfigException when only some of the options are given, or the reader objects
     */
    public <T> Optional<T> read(Reader<T> reader) {
        if (certificate == null) {
            Check.that(key == null, KEY, key, "must be given together with " + CERTIFICATE);
            Check.that(authority == null, AUTHORITY, authority, "must be given together with " + CERTIFICATE);
            return Optional.empty();
        }
        Check.that(key != null, CERTIFICATE, certificate, "must be given together with " + KEY);
        Check.that(authority != null, CERTIFICATE, certificate, "must be given together with " + AUTHORITY);
        return Optional.of(ConfigException.parse(
                CERTIFICATE, certificate.toString(), text -> reader.read(certificate, key, authority)));
    }
}
