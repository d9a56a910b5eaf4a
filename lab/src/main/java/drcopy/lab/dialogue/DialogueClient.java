// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.dialogue;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of many ports at once: {@code DialogueClient ADDRESS KIND:PORT:CONNECTIONS:COUNT...}. {@code push} says something
 * whenever it was told something; {@code parts} asks, says something else when it has the first part of the answer, and asks again
 * when it has the rest; {@code plain}, {@code interim} and {@code early} send a body in three pieces, when they are answered so,
 * and then another request; {@code requests} sends a body made of requests. Exit 1 if one failed.
 */
public final class DialogueClient {
    private static final long PAUSE_MS = 40;
    /** Longer than the copier's --join-idle. */
    private static final long LONG_PAUSE_MS = 700;

    private static final int PIECES = 3;

    private final String address;
    private final int port;
    private final int connection;
    private final int count;

    private DialogueClient(String address, int port, int connection, int count) {
        this.address = address;
        this.port = port;
        this.connection = connection;
        this.count = count;
    }

    public static void main(String[] args) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        AtomicInteger failed = new AtomicInteger();
        for (int i = 1; i < args.length; i++) {
            String[] words = args[i].split(":", -1);
            for (int c = 0; c < Integer.parseInt(words[2]); c++) {
                DialogueClient client =
                        new DialogueClient(args[0], Integer.parseInt(words[1]), c, Integer.parseInt(words[3]));
                threads.add(new Thread(() -> failed.addAndGet(client.run(words[0])), args[i] + "-" + c));
            }
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        System.exit(failed.get() == 0 ? 0 : 1);
    }

    private int run(String kind) {
        try (Socket socket = new Socket(address, port)) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            switch (kind) {
                case "push" -> push(in, out);
                case "parts" -> parts(in, out);
                case "requests" -> requests(in, out);
                default -> uploads(kind, in, out);
            }
            return 0;
        } catch (IOException e) {
            System.err.println(Thread.currentThread().getName() + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    private void push(InputStream in, OutputStream out) throws IOException {
        for (int i = 0; i < count; i++) {
            out.write(Message.of('p', port, connection, i));
            hear(in, Pushes.LENGTH);
        }
    }

    private void parts(InputStream in, OutputStream out) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            out.write(Message.of(Message.ASKS, port, connection, i));
            hear(in, Parts.FIRST);
            out.write(Message.of('x', port, connection, i));
            hear(in, Parts.REST);
            TimeUnit.MILLISECONDS.sleep(i % 2 * PAUSE_MS);
        }
    }

    private static void hear(InputStream in, int bytes) throws IOException {
        if (in.readNBytes(bytes).length < bytes) {
            throw new EOFException();
        }
    }

    private void uploads(String kind, InputStream in, OutputStream out) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            String name = String.format(Locale.ROOT, "%s-%d-%d-%d", "u", port, connection, i);
            say(
                    out,
                    "POST /" + name + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + PIECES * Message.LENGTH
                            + "\r\nExpect: 100-continue\r\n\r\n");
            boolean isAnswered = false;
            for (int piece = 0; piece < PIECES; piece++) {
                if (kind.equals("interim")) {
                    answer(in, false);
                } else if (kind.equals("early") && !isAnswered) {
                    answer(in, true);
                    isAnswered = true;
                }
                TimeUnit.MILLISECONDS.sleep(2);
                out.write(Message.of('b', port, connection, i * PIECES + piece));
            }
            if (!isAnswered) {
                answer(in, true);
            }
            say(out, "GET /n" + name + " HTTP/1.1\r\nHost: a\r\n\r\n");
            answer(in, true);
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
    }

    /** The body comes in pieces with pauses, some of which are long; interim answers come between the first. */
    private void requests(InputStream in, OutputStream out) throws IOException, InterruptedException {
        String request = String.format(Locale.ROOT, "GET /%-38s HTTP/1.1\r\nHost: a\r\n\r\n", "body")
                .replace("  ", "xx");
        String piece = request.repeat(Message.LENGTH);
        for (int i = 0; i < count; i++) {
            String name = String.format(Locale.ROOT, "u-%d-%d-%d", port, connection, i);
            say(
                    out,
                    "POST /" + name + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
                            + PIECES * piece.length() + "\r\n\r\n");
            for (int n = 0; n < PIECES; n++) {
                answer(in, false);
                TimeUnit.MILLISECONDS.sleep(n == 1 && connection % 4 == 0 ? LONG_PAUSE_MS : PAUSE_MS);
                say(out, n < PIECES - 1 ? request : "");
                say(out, n < PIECES - 1 ? piece.substring(request.length()) : piece);
            }
            answer(in, true);
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            say(out, "GET /n" + name + " HTTP/1.1\r\nHost: a\r\n\r\n");
            answer(in, true);
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Hears one answer, which must be of the kind that is expected. */
    private static void answer(InputStream in, boolean isFinal) throws IOException {
        String status = Uploads.line(in);
        if (status == null || status.startsWith("HTTP/1.1 1") == isFinal) {
            throw new IOException("answered " + status);
        }
        int length = 0;
        for (String field = Uploads.line(in); field != null && !field.isEmpty(); field = Uploads.line(in)) {
            length = field.startsWith("Content-Length: ") ? Integer.parseInt(field.substring(16)) : length;
        }
        hear(in, length);
    }
}
