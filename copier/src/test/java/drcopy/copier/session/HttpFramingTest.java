// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpFramingTest {
    private static final String CRLF = "\r\n";
    private static final String BODY = "GET /body HTTP/1.1|Host: a||";

    private static String bytes(String text) {
        return text.replace("|", CRLF);
    }

    private static ByteBuffer buffer(String bytes) {
        return ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static boolean take(HttpFraming framing, String bytes) {
        return framing.take(buffer(bytes), 0, bytes.length(), false);
    }

    private static HttpFraming after(String text) {
        HttpFraming framing = new HttpFraming();
        take(framing, bytes(text));
        return framing;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1|Host: a||",
                "GET / HTTP/1.0||",
                "M-SEARCH * HTTP/1.1||",
                "POST / HTTP/1.1|Content-Length: 3||abc",
                "POST / HTTP/1.1|CONTENT-LENGTH:3 ||abc",
                "POST / HTTP/1.1|Content-Length: 0||",
                "POST / HTTP/1.1|Transfer-Encoding: chunked||3|abc|0||",
                "POST / HTTP/1.1|Content-Length: 9|transfer-encoding: gzip, Chunked||A;x=y|0123456789|00|Trailer: z||",
                "GET / HTTP/1.1\nHost: a\n\n"
            })
    void endsWhereTheMessageEnds(String message) {
        String bytes = bytes(message);
        String secondLine = bytes.substring(0, bytes.indexOf('\n') + 1);
        for (int cut = secondLine.length(); cut < bytes.length(); cut++) {
            HttpFraming framing = new HttpFraming();
            assertThat(take(framing, bytes.substring(0, cut))).isTrue();
            assertThat(framing.continues()).as("behind %d bytes", cut).isTrue();
            assertThat(take(framing, bytes.substring(cut))).isFalse();
            assertThat(framing.continues()).isFalse();
            assertThat(framing.isHttp()).isTrue();
            assertThat(take(framing, bytes("GET / HTTP/1.1||"))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001abc",
                "*1|$4|PING|",
                "EHLO me|MAIL FROM:<a>|",
                "PRI * HTTP/2.0||SM||",
                "GET key HTTP/1.",
                "GET / FTP/1.1|A: b||",
                "get / HTTP/1.1|A: b||",
                " GET / HTTP/1.1|A: b||",
                "POST / HTTP/1.1|Content-Length: 3, 3||abc",
                "POST / HTTP/1.1|Content-Length: 99999999999999999999||abc"
            })
    void leavesOthersAlone(String text) {
        HttpFraming framing = after(text);

        assertThat(framing.continues()).isFalse();
        assertThat(framing.isHttp()).isFalse();
        assertThat(framing.take(buffer("anything"), 0, 8, true)).isTrue();
        assertThat(framing.continues()).isFalse();
    }

    @Test
    void answersEndWhatLookedLikeARequestLine() {
        HttpFraming framing = after("AUTH token");

        assertThat(framing.take(buffer("NEXT"), 0, 4, true)).isTrue();
        assertThat(framing.take(buffer(bytes("GET / HTTP/1.1|")), 0, 16, true)).isTrue();
        assertThat(framing.isHttp()).isTrue();
    }

    @Test
    void skipsWhatIsMissingOfABody() {
        HttpFraming framing = after("POST / HTTP/1.1|Content-Length: 100||0123456789");

        framing.skip(50);
        assertThat(framing.continues()).isTrue();
        framing.skip(40);
        assertThat(framing.continues()).isFalse();
        assertThat(take(framing, bytes("GET / HTTP/1.1||"))).isTrue();
    }

    @Test
    void findsTheNextRequestWhenItIsLost() {
        HttpFraming framing = after("POST / HTTP/1.1|Content-Length: 100||0123456789");

        framing.skip(91);
        assertThat(framing.continues()).isFalse();
        assertThat(take(framing, "Hello, " + bytes(BODY))).isFalse();
        assertThat(take(framing, "\u0001")).isFalse();
        assertThat(take(framing, bytes("PUT / HTTP/1.1|Content-Length: 5||ab"))).isTrue();
        assertThat(framing.continues()).isTrue();
    }

    @Test
    void ignoresEmptyLinesBetweenRequests() {
        HttpFraming framing = after("POST / HTTP/1.1|Content-Length: 1||a||");

        assertThat(framing.isHttp()).isTrue();
        assertThat(take(framing, bytes("|POST / HTTP/1.1|Content-Length: 1||"))).isTrue();
        assertThat(framing.continues()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1|Connection: upgrade|Upgrade: websocket||",
                "CONNECT a:443 HTTP/1.1|Host: a||",
                "POST / HTTP/1.1|UPGRADE: h2c|Content-Length: 2||ab"
            })
    void followsUpgrades(String message) {
        HttpFraming framing = after(message);
        assertThat(framing.continues()).isFalse();
        assertThat(take(framing, "\u0081\u0080abcd")).isFalse();
        assertThat(framing.continues()).isTrue();
        take(framing, bytes(BODY));
        assertThat(framing.continues()).isTrue();

        HttpFraming refused = after(message);
        assertThat(take(refused, bytes("GET / HTTP/1.1|A: b||"))).isTrue();
        assertThat(refused.continues()).isFalse();
        assertThat(refused.isHttp()).isTrue();
    }

    /** Pipelines of all kinds of messages, cut anywhere: continues exactly where no message begins. */
    @Test
    void findsEachBoundaryOfAPipeline() {
        for (int seed = 0; seed < 500; seed++) {
            Random r = new Random(seed);
            StringBuilder stream = new StringBuilder();
            List<Integer> begins = new ArrayList<>();
            for (int i = 0; i < 1 + r.nextInt(6); i++) {
                begins.add(stream.length());
                stream.append(message(r));
            }
            HttpFraming framing = new HttpFraming();
            String all = stream.toString();
            int at = 0;
            while (at < all.length()) {
                boolean isBoundary = begins.contains(at);
                boolean isInLine = isInRequestLine(all, begins, at);
                assertThat(framing.continues()).as("seed %d, byte %d", seed, at).isEqualTo(!isBoundary && !isInLine);
                int count = Math.min(all.length() - at, 1 + r.nextInt(r.nextBoolean() ? 3 : 200));
                take(framing, all.substring(at, at + count));
                at += count;
            }
            assertThat(framing.continues()).as("seed %d", seed).isFalse();
            assertThat(framing.isHttp()).isTrue();
        }
    }

    private static boolean isInRequestLine(String all, List<Integer> begins, int at) {
        return begins.stream().anyMatch(begin -> begin < at && at <= all.indexOf('\n', begin));
    }

    private static String message(Random r) {
        String body = bytes(BODY).repeat(r.nextInt(8));
        String head = "POST /" + "x".repeat(r.nextInt(60)) + " HTTP/1.1" + CRLF + "Cookie: c=d" + CRLF
                + "Upgrade-Insecure-Requests: 1" + CRLF + "TE: trailers" + CRLF;
        if (r.nextBoolean()) {
            return head + "Content-Length: " + body.length() + CRLF + CRLF + body;
        }
        StringBuilder chunks = new StringBuilder(head + "Transfer-Encoding: chunked" + CRLF + CRLF);
        for (int from = 0; from < body.length(); ) {
            int size = Math.min(body.length() - from, 1 + r.nextInt(300));
            chunks.append(Integer.toHexString(size))
                    .append(r.nextBoolean() ? ";a=b" : "")
                    .append(CRLF);
            chunks.append(body, from, from + size).append(CRLF);
            from += size;
        }
        return chunks.append("0")
                .append(CRLF)
                .append(r.nextBoolean() ? "T: 1" + CRLF : "")
                .append(CRLF)
                .toString();
    }

    @Test
    void readsAnythingWithoutFailing() {
        Random r = new Random(1);
        String letters = "GETPOS /HTTP.1\r\n\r\n:content-length0189abf;\u0000\u00ff";
        for (int run = 0; run < 20_000; run++) {
            HttpFraming framing =
                    run % 2 == 0 ? new HttpFraming() : after("POST / HTTP/1.1|Transfer-Encoding: chunked|");
            for (int i = 0; i < 10; i++) {
                StringBuilder piece = new StringBuilder();
                for (int n = r.nextInt(30); n > 0; n--) {
                    piece.append(letters.charAt(r.nextInt(letters.length())));
                }
                framing.take(buffer(piece.toString()), 0, piece.length(), r.nextBoolean());
                framing.skip(r.nextInt(4) == 0 ? r.nextInt(50) : 0);
            }
        }
    }
}
