// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;

/**
 * Where the log goes: stderr, a file, or nowhere. A bounded queue stands between the process and the log; a full disk, a stuck
 * terminal or an unwritable file loses lines and nothing else. Configured once, at start; logging itself is for any thread.
 */
public final class Logs {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level [%thread] %logger{0}: %msg%n";
    private static final List<String> QUIET = List.of("io.grpc", "org.pcap4j", "org.apache.zookeeper", "io.netty");
    /** Clients of ZooKeeper: what becomes of their connection is logged in our own words. */
    private static final List<String> MUTE = List.of("org.apache.curator", "org.apache.zookeeper.ClientCnxn");

    private static final int QUEUE = 4096;
    private static final int FLUSH_MS = 1000;

    private Logs() {}

    /** How much is logged, besides errors. */
    public enum Verbosity {
        WARN,
        INFO,
        DEBUG
    }

    /** Logs to stderr. */
    public static void toStderr(Verbosity verbosity) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setTarget("System.err");
        console.setEncoder(encoder());
        install(console, verbosity);
    }

    /**
     * Logs to a file, which is appended to.
     *
     * @throws ConfigException when the file cannot be opened for writing
     */
    public static void toFile(Path path, Verbosity verbosity) {
        try {
            install(new LogFile(path, encoder()), verbosity);
        } catch (IOException e) {
            throw new ConfigException("--log", path, "must be a file that can be written: " + Reasons.of(e));
        }
    }

    /** Logs nothing. */
    public static void toNowhere() {
        flush();
        context().getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    }

    /** Writes out what is queued, for at most a second, and ends the log. */
    static void flush() {
        context().reset();
    }

    private static PatternLayoutEncoder encoder() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context());
        encoder.setPattern(PATTERN);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.start();
        return encoder;
    }

    private static void install(Appender<ILoggingEvent> appender, Verbosity verbosity) {
        LoggerContext context = context();
        context.reset();
        appender.setContext(context);
        appender.start();
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(QUEUE);
        queue.setNeverBlock(true);
        queue.setMaxFlushTime(FLUSH_MS);
        queue.addAppender(appender);
        queue.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.valueOf(verbosity.name()));
        root.addAppender(queue);
        QUIET.forEach(library -> context.getLogger(library).setLevel(Level.WARN));
        MUTE.forEach(library -> context.getLogger(library).setLevel(Level.OFF));
        // gRPC logs to the JDK's logging: to stderr, with a stack trace for each connection that talks nonsense.
        LogManager.getLogManager().reset();
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
