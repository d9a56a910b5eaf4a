// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.stream.StreamServer;
import drcopy.tls.MutualTls;
import drcopy.tls.TlsFailure;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** An interceptor that requires TLS, and who comes to it. Certificates are of {@code bin/pool-ca}. */
class TlsTest {
    /** Who has which flow. */
    private static final List<String> FLOWS = List.of("newcomer", "honest");

    @TempDir
    static Path authorities;

    static PoolCa pool;
    static PoolCa stranger;

    @TempDir
    Path folder;

    private final Logger log = (Logger) LoggerFactory.getLogger("drcopy");
    private final Events events = new Events();
    private LoopbackInterceptor interceptor;
    private MutualTls own;

    @BeforeAll
    static void makeAuthorities() {
        pool = PoolCa.init(authorities.resolve("pool"))
                .issue("rs1")
                .issue("copier")
                .issue("late", -1);
        stranger = PoolCa.init(authorities.resolve("stranger")).issue("rs1").issue("copier");
    }

    @BeforeEach
    void serve() throws IOException {
        log.addAppender(events);
        log.setLevel(Level.INFO);
        events.start();
        pool.copyTo(folder, "rs1", "rs1");
        own = MutualTls.open(folder.resolve("rs1.pem"), folder.resolve("rs1.key"), folder.resolve("ca.pem"));
        interceptor = new LoopbackInterceptor(4, StreamServer.Limits.DEFAULT, own.server());
    }

    @AfterEach
    void stop() {
        interceptor.close();
        own.close();
        log.detachAppender(events);
        log.setLevel(null);
        assertThat(events.stacks).isEmpty();
        assertThat(interceptor.death.get()).isNull();
    }

    private TestCopier attach(ChannelCredentials credentials) {
        return TestCopier.attach(interceptor.port(), credentials, true);
    }

    private TestCopier welcomed(PoolCa authority, String id) {
        try (MutualTls tls = authority.open("copier")) {
            TestCopier copier = attach(tls.client()).send(Records.hello(id, 1, 0), Records.add(100, FLOWS.indexOf(id)));
            awaitLong(() -> copier.welcome != null);
            return copier;
        }
    }

    private void assertRefused(ChannelCredentials credentials, String sentence) {
        try (TestCopier copier = attach(credentials)) {
            awaitLong(() -> copier.error != null);
            awaitLong(() -> interceptor.count(InterceptorCounter.HANDSHAKES_REFUSED) > 0);
            assertThat(copier.welcome).isNull();
        }
        awaitLong(() -> events.sentences.stream().anyMatch(line -> line.contains("] Refused: " + sentence)));
    }

    private static void awaitLong(java.util.concurrent.Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30)).until(condition);
    }

    @Test
    void servesACopierThatShowsACertificateOfTheAuthority() {
        try (TestCopier copier = welcomed(pool, "honest")) {
            interceptor.respond(1, 4711);
            awaitLong(() -> copier.responses.stream().anyMatch(r -> r.seq() == 4711));
        }
    }

    @Test
    void refusesPlaintext() {
        assertRefused(InsecureChannelCredentials.create(), "it does not speak TLS");
    }

    @Test
    void refusesACertificateOfAnotherAuthority() throws IOException {
        assertRefused(showing(stranger, "copier"), "the certificate it showed is not of our authority");
    }

    @Test
    void refusesAnExpiredCertificate() throws IOException {
        assertRefused(showing(pool, "late"), "the certificate it showed has expired, NotAfter: ");
    }

    @Test
    void refusesACopierThatShowsNoCertificate() throws IOException {
        ChannelCredentials none = TlsChannelCredentials.newBuilder()
                .trustManager(pool.file("ca.pem").toFile())
                .build();
        assertRefused(none, "it showed no certificate");
    }

    /** A copier that trusts the pool's authority and shows this certificate, whatever it is. */
    private static ChannelCredentials showing(PoolCa authority, String name) throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(pool.file("ca.pem").toFile())
                .keyManager(
                        authority.file(name + ".pem").toFile(),
                        authority.file(name + ".key").toFile())
                .build();
    }

    @Test
    void aCopierRefusesAnInterceptorOfAnotherAuthority() {
        try (MutualTls tls = stranger.open("copier");
                TestCopier copier = attach(tls.client())) {
            awaitLong(() -> copier.error != null);
            assertThat(TlsFailure.clause(copier.error)).hasValue("the certificate it showed is not of our authority");
        }
        awaitLong(
                () -> events.sentences.stream().anyMatch(line -> line.contains("it does not accept our certificate")));
    }

    @Test
    void aCopierRefusesAnInterceptorWhoseCertificateIsForAnotherName() {
        pool.issue("copier");
        try (MutualTls tls = pool.open("copier");
                TestCopier copier = TestCopier.attach("localhost", interceptor.port(), tls.client(), true)) {
            awaitLong(() -> copier.error != null);
            assertThat(TlsFailure.clause(copier.error).orElseThrow()).startsWith("its certificate is for others: ");
        }
    }

    @Test
    void takesFilesThatAreSwappedWhileItRuns() throws IOException {
        try (TestCopier live = welcomed(pool, "honest")) {
            stranger.copyTo(folder, "rs1", "rs1");
            awaitLong(
                    () -> events.sentences.contains("the certificate files were read again; new connections use them"));

            try (TestCopier newcomer = welcomed(stranger, "newcomer")) {
                assertThat(newcomer.error).isNull();
            }
            assertRefused(showing(pool, "copier"), "it does not accept our certificate");
            interceptor.respond(1, 4712);
            awaitLong(() -> live.responses.stream().anyMatch(r -> r.seq() == 4712));
        }
    }

    @Test
    void keepsWhatItHadWhenTheFilesAreSwappedForBadOnes() throws IOException {
        Files.writeString(folder.resolve("rs1.key"), "nonsense");
        awaitLong(() -> events.sentences.stream()
                .anyMatch(line -> line.startsWith("the certificate files changed, but must have its key")
                        && line.endsWith("; what was read before stays in use")));
        welcomed(pool, "honest").close();
    }

    @Test
    void refusesFilesThatCannotBeUsedInOneSentence() throws IOException {
        Path pem = pool.file("rs1.pem");
        assertThatThrownBy(() -> MutualTls.open(pem, pool.file("copier.key"), pool.file("ca.pem")))
                .hasMessage("must be the certificate of the key in " + pool.file("copier.key"));
        assertThatThrownBy(() -> pool.open("late")).hasMessageContaining("must be valid now, and ");
        assertThatThrownBy(() -> pool.open("nobody")).hasMessageEndingWith("nobody.pem is not there");
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        assertThatThrownBy(() -> MutualTls.open(pem, pool.file("rs1.key"), empty))
                .hasMessage("must be given certificates in PEM form, and " + empty + " holds none");
    }

    /** What is logged, and whether with a stack trace. */
    private static final class Events extends AppenderBase<ILoggingEvent> {
        final List<String> sentences = new CopyOnWriteArrayList<>();
        final List<String> stacks = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            sentences.add(event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
                stacks.add(event.getFormattedMessage());
            }
        }
    }
}
