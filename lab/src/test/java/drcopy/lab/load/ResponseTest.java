// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResponseTest {
    private final Response response = new Response();

    private boolean feed(String text) {
        return response.feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void isWholeWithTheLastByteOfItsBody() {
        assertThat(feed("HTTP/1.1 404 Not Found\r\nConte")).isFalse();
        assertThat(feed("nt-Length: 4\r\n\r")).isFalse();
        assertThat(feed("\nabc")).isFalse();
        assertThat(feed("d")).isTrue();
        assertThat(response.status()).isEqualTo(404);
    }

    @Test
    void endsWithTheConnectionWhenItHasNoLength() {
        assertThat(feed("HTTP/1.1 200 OK\r\n\r\nabc")).isFalse();
        assertThat(response.isWholeAtClose()).isTrue();
    }

    @Test
    void isUsedAgainAfterReset() {
        feed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        response.reset();

        assertThat(feed("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")).isTrue();
        assertThat(response.status()).isEqualTo(500);
    }
}
