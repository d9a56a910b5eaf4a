// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that holds this process's number while it runs. Its holder keeps it locked, so that a file left over by a dead process
 * is told from a live one's, whatever number it holds. Confined to the thread that starts and ends the process.
 */
public final class PidFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PidFile.class);
    private static final String OPTION = "--pid-file";
    private static final int LONGEST = 32;

    private final Path path;
    private final FileChannel channel;

    private PidFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Writes and locks the file.
     *
     * @throws ConfigException when a live process holds it, when it is something else than a pid file, when it cannot be written
     */
    public static PidFile take(Path path) {
        String pid = Long.toString(ProcessHandle.current().pid());
        try {
            PidFile taken = tryTake(path, pid);
            while (taken == null) {
                taken = tryTake(path, pid);
            }
            return taken;
        } catch (IOException e) {
            throw new ConfigException(OPTION, path, "must be a file that can be written: " + Reasons.of(e));
        }
    }

    /**
     * Null when the former holder deleted the file before it was locked. The file is opened once only: closing any other
     * descriptor of it would give up the lock (fcntl(2)).
     */
    private static PidFile tryTake(Path path, String pid) throws IOException {
        Object inode = inode(path);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean kept = false;
        try {
            String content = read(channel);
            Check.that(
                    isLocked(channel),
                    OPTION,
                    path,
                    "must not be held by a live process, and " + content + " holds it");
            Check.that(content.matches("\\d*"), OPTION, path, "must be a pid file, and this file holds something else");
            kept = inode.equals(inode(path));
            if (!kept) {
                return null;
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((pid + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            return new PidFile(path, channel);
        } finally {
            if (!kept) {
                channel.close();
            }
        }
    }

    /** What the path leads to now; the file is made if there is none. */
    private static Object inode(Path path) throws IOException {
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException e) {
            LOG.debug("{} is there", path);
        }
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1).strip();
    }

    /** Removes the file. Nothing is reported: a file left behind does not stop the next start. */
    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("Cannot remove {}: {}", path, Reasons.of(e));
        }
    }
}
