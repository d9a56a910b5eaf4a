// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A web server's access log, read as it grows. One thread. */
public final class AccessLog {
    /**
     * One request.
     *
     * @param seconds end of the request, since the epoch
     * @param client address and port
     * @param number of the request on its connection, from 1
     * @param body file that holds the body, or "-"
     */
    public record Line(double seconds, String client, int number, int status, String method, String uri, String body) {
        static Line parse(String text) {
            String[] f = text.split("\t", -1);
            return new Line(
                    Double.parseDouble(f[0]),
                    f[1] + ":" + f[2],
                    Integer.parseInt(f[3]),
                    Integer.parseInt(f[4]),
                    f[5],
                    f[6],
                    f[7]);
        }
    }

    /** nginx's log_format of {@link Line}. */
    static final String FORMAT =
            "$msec\\t$remote_addr\\t$remote_port\\t$connection_requests\\t$status\\t$request_method\\t$request_uri\\t$request_body_file";

    private final Path file;
    private final List<Line> lines = new ArrayList<>();
    private long position;

    AccessLog(Path file) {
        this.file = file;
    }

    /** All requests so far, in the order of their ends; the list grows with the next call. */
    public List<Line> lines() {
        if (!Files.exists(file)) {
            return lines;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(channel.size() - position));
            channel.read(buffer, position);
            take(new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    private void take(String text) {
        int whole = text.lastIndexOf('\n') + 1;
        text.substring(0, whole).lines().map(Line::parse).forEach(lines::add);
        position += whole;
    }
}
