// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.dialogue;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP server that notes each request line and each {@link Message} of a body as it comes.
 *
 * @param delayNs from the whole of a request to its answer
 */
record Uploads(Manner manner, long delayNs) implements DialogueServer.Service {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Padding: 0123456789\r\n\r\nok";
    static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
    static final String PROCESSING = "HTTP/1.1 102 Processing\r\n\r\n";
    static final String HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
    static final String REFUSED = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    /** What it says to a request that has a body, and when. */
    enum Manner {
        /** Its answer, when it has all. */
        PLAIN,
        /** 100 when it has the head, 102 in the middle, 103 before the end, its answer when it has all. */
        INTERIM,
        /** Its answer when it has the head; it reads on. */
        EARLY,
        /** 403 when it has the head, and closes. */
        REFUSE
    }

    @Override
    public void serve(Socket socket, Notes notes) throws IOException, InterruptedException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        for (String line = line(in); line != null; line = line(in)) {
            notes.note(name(line));
            long length = 0;
            for (String field = line(in); field != null && !field.isEmpty(); field = line(in)) {
                String lower = field.toLowerCase(Locale.ROOT);
                length = lower.startsWith("content-length:")
                        ? Long.parseLong(lower.substring(15).trim())
                        : length;
            }
            if (length > 0 && manner == Manner.REFUSE) {
                say(out, REFUSED);
                return;
            }
            body(in, out, length, notes);
            TimeUnit.NANOSECONDS.sleep(delayNs);
            if (length == 0 || manner != Manner.EARLY) {
                say(out, OK);
            }
        }
    }

    /** Of what is no request line, "noise". */
    private static String name(String line) {
        String[] words = line.split(" ", -1);
        return words.length == 3 && words[2].startsWith("HTTP/1.") ? words[1].substring(1) : "noise";
    }

    private void body(InputStream in, OutputStream out, long length, Notes notes) throws IOException {
        long messages = length / Message.LENGTH;
        for (long i = 0; i < messages; i++) {
            if (manner == Manner.EARLY && i == 0) {
                say(out, OK);
            } else if (manner == Manner.INTERIM && i % (messages / 3) == 0) {
                say(out, i == 0 ? CONTINUE : i == messages / 3 ? PROCESSING : HINTS);
            }
            byte[] message = in.readNBytes(Message.LENGTH);
            if (message.length < Message.LENGTH) {
                throw new EOFException();
            }
            notes.note(Message.name(message));
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Without its end; null at the end of the stream. */
    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }
}
