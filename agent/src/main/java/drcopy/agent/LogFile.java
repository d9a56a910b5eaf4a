// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Appends to a file that others may rotate, fill the disk under, or delete. What cannot be written is lost; a second later it is
 * tried again, and so is a file that was moved away. Written by the log's own thread,
 * which is interrupted to end it: hence a stream and no channel, which an interrupt would close.
 */
final class LogFile extends AppenderBase<ILoggingEvent> {
    private static final long LOOK_NS = 1_000_000_000L;

    private final Path path;
    private final Encoder<ILoggingEvent> encoder;
    private FileOutputStream file;
    private Object inode;
    private long lookedNs;

    LogFile(Path path, Encoder<ILoggingEvent> encoder) throws IOException {
        this.path = path;
        this.encoder = encoder;
        open();
    }

    /** Opened twice, because only the first way tells why it fails. */
    private void open() throws IOException {
        Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                .close();
        file = new FileOutputStream(path.toFile(), true);
        inode = inode();
        lookedNs = System.nanoTime();
    }

    private Object inode() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    @Override
    protected void append(ILoggingEvent event) {
        try {
            long nowNs = System.nanoTime(); // the line's own time is of a clock that may be set back
            if (nowNs - lookedNs >= LOOK_NS) {
                lookedNs = nowNs;
                reopenIfGone();
            }
            if (file != null) {
                file.write(encoder.encode(event));
            }
        } catch (IOException e) {
            close();
        }
    }

    private void reopenIfGone() throws IOException {
        if (file == null || !Files.exists(path) || !inode().equals(inode)) {
            close();
            open();
        }
    }

    private void close() {
        FileOutputStream closing = file;
        file = null;
        try {
            if (closing != null) {
                closing.close();
            }
        } catch (IOException e) {
            addWarn("Closing the log failed", e);
        }
    }

    @Override
    public void stop() {
        super.stop();
        close();
    }
}
