// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Makes the bytes of requests, each with an id of its own: {@code /run/client-number}. One thread. */
final class Requests implements AutoCloseable {
    private final LoadPlan plan;
    private final Writer bodies;
    private long made;

    Requests(LoadPlan plan) {
        this.plan = plan;
        try {
            this.bodies = plan.bodies() == null ? Writer.nullWriter() : Files.newBufferedWriter(plan.bodies());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The request with this number on this client's connection. */
    ByteBuffer next(int client, long number) {
        String id = plan.run() + "/" + client + "-" + number;
        String ending = plan.style().asksToClose() ? "Connection: close\r\n\r\n" : "\r\n";
        if (plan.sizes().isEmpty()) {
            made++;
            return ascii("GET /" + id + " HTTP/1.1\r\nHost: lab\r\n" + ending);
        }
        byte[] body = body(plan.sizes().get((int) (made++ % plan.sizes().size())), id);
        String uri = "/up/" + id;
        note(uri, body);
        byte[] head = ("POST " + uri + " HTTP/1.1\r\nHost: lab\r\nContent-Length: " + body.length + "\r\n" + ending)
                .getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .flip();
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] body(int size, String id) {
        byte[] body = new byte[size];
        new SplittableRandom(id.hashCode()).nextBytes(body);
        return body;
    }

    private void note(String uri, byte[] body) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(body);
            bodies.write(uri + " " + HexFormat.of().formatHex(sum) + "\n");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            bodies.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
