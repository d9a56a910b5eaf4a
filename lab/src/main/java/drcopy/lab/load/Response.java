// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads one HTTP/1.1 response, piece by piece, as far as the load must: status and length. One thread; reusable. */
final class Response {
    private static final int HEAD_LIMIT = 8192;
    /** The body ends with the connection. */
    private static final long UNTIL_CLOSE = -1;

    private final byte[] head = new byte[HEAD_LIMIT];
    private int headLength;
    private boolean isInBody;
    private long bodyLeft;
    private int status;

    void reset() {
        headLength = 0;
        isInBody = false;
        bodyLeft = 0;
        status = 0;
    }

    /** Takes all of {@code piece}; true when the response is whole. */
    boolean feed(ByteBuffer piece) {
        while (piece.hasRemaining() && !isInBody) {
            if (headLength == HEAD_LIMIT) {
                throw new IllegalStateException("response head over " + HEAD_LIMIT + " bytes");
            }
            head[headLength++] = piece.get();
            if (endsHead()) {
                readHead();
            }
        }
        if (isInBody && bodyLeft != UNTIL_CLOSE) {
            bodyLeft -= piece.remaining();
        }
        piece.position(piece.limit());
        return isInBody && bodyLeft == 0;
    }

    /** Whether the connection's end makes the response whole. */
    boolean isWholeAtClose() {
        return isInBody && bodyLeft == UNTIL_CLOSE;
    }

    int status() {
        return status;
    }

    private boolean endsHead() {
        int n = headLength;
        return n >= 4 && head[n - 1] == '\n' && head[n - 2] == '\r' && head[n - 3] == '\n' && head[n - 4] == '\r';
    }

    private void readHead() {
        String text = new String(head, 0, headLength, StandardCharsets.ISO_8859_1);
        status = Integer.parseInt(text.substring(9, 12));
        int at = text.toLowerCase(Locale.ROOT).indexOf("\r\ncontent-length:");
        if (at < 0) {
            bodyLeft = UNTIL_CLOSE;
        } else {
            int from = at + "\r\ncontent-length:".length();
            bodyLeft = Long.parseLong(
                    text.substring(from, text.indexOf('\r', from)).strip());
        }
        isInBody = true;
    }
}
