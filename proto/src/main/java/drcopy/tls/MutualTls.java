// SPDX-License-Identifier: Apache-2.0
package drcopy.tls;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate of one's own and the authorities whose certificates are accepted, for both ends of a stream. A thread of its own,
 * {@code tls}, reads the files again when they have changed; connections that are open keep what they began with. Any thread.
 */
public final class MutualTls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MutualTls.class);
    private static final long LOOK_MS = 1_000;

    private final PemFiles files;
    private final AdvancedTlsX509KeyManager own = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trusted;
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "tls"));
    private volatile long expirySeconds;
    /** State of the files that were read last, and at the last look; owned by the {@code tls} thread after the start. */
    private List<Object> used;

    private List<Object> seen;

    private MutualTls(PemFiles files) throws GeneralSecurityException, IOException {
        this.files = files;
        used = files.state();
        seen = used;
        // The name or address that a copier connects to must be in the interceptor's certificate.
        trusted = AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION)
                .build();
        use(files.read());
    }

    /**
     * Reads the files, and looks at them every second from then on.
     *
     * @throws IllegalArgumentException with a rule that says which file is wrong and why
     */
    public static MutualTls open(Path certificate, Path key, Path authority) {
        return open(new PemFiles(certificate, key, authority), LOOK_MS);
    }

    static MutualTls open(PemFiles files, long intervalMs) {
        try {
            MutualTls opened = new MutualTls(files);
            var unused =
                    opened.watch.scheduleWithFixedDelay(opened::look, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
            return opened;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("must be files that can be used: " + e.getMessage(), e);
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** What a copier connects with. */
    public ChannelCredentials client() {
        return TlsChannelCredentials.newBuilder()
                .keyManager(own)
                .trustManager(trusted)
                .build();
    }

    /** What an interceptor listens with: whoever comes must show a certificate of the authority. */
    public ServerCredentials server() {
        return TlsServerCredentials.newBuilder()
                .keyManager(own)
                .trustManager(trusted)
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
    }

    /** When one's own certificate expires, in seconds since 1970. */
    public long expirySeconds() {
        return expirySeconds;
    }

    /** Reads the files once they have changed and then rested for an interval: who replaces them may not be done with all three. */
    private void look() {
        List<Object> now = files.state();
        boolean rests = now.equals(seen);
        seen = now;
        if (!rests || now.equals(used)) {
            return;
        }
        used = now;
        try {
            use(files.read());
            LOG.info("the certificate files were read again; new connections use them");
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            LOG.warn("the certificate files changed, but {}; what was read before stays in use", e.getMessage());
        }
    }

    private void use(PemFiles.Content content) throws IOException, GeneralSecurityException {
        trusted.updateTrustCredentials(content.authorities());
        own.updateIdentityCredentials(content.chain(), content.key());
        expirySeconds = content.chain()[0].getNotAfter().toInstant().getEpochSecond();
    }

    /** Looks at the files no more. */
    @Override
    public void close() {
        watch.shutdownNow();
    }
}
