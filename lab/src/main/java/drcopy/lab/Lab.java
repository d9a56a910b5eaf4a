// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A lab of its own name: hosts as network namespaces, made by {@code lab/lab up} and removed on {@link #close} or when the JVM
 * ends. Logs stay under {@code lab/target/lab/NAME}.
 */
public final class Lab implements AutoCloseable {
    /** The way connections to the VIP are spread. */
    public enum Director {
        /** IPVS in user-mode-linux, round robin. */
        LVS,
        /** This kernel's hash of client address and port. */
        HMARK;

        String word() {
            return this == LVS ? "lvs" : "hmark";
        }
    }

    public static final String VIP = "198.18.1.200";
    public static final String VIP6 = "2001:db8:1::200";
    public static final String ONLINE = "198.18.0.10";
    public static final String ONLINE6 = "2001:db8::10";
    public static final String DIRECTOR = "198.18.1.100";
    /** Client addresses, one a packet may come from. */
    public static final String CLIENT = "198.18.8.1";

    public static final String CLIENT6 = "2001:db8:8::1";
    private static final AtomicInteger SERIAL = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final String name;
    private final int realServers;
    private final Path folder;
    private final Thread hook = new Thread(this::down, "lab-down");

    private Lab(String name, int realServers) {
        this.name = name;
        this.realServers = realServers;
        this.folder = home().resolve("lab/target/lab").resolve(name);
    }

    /** Brings up a lab with three real servers. */
    public static Lab up(Director director) {
        return up(director, "dr" + ProcessHandle.current().pid() + "-" + SERIAL.incrementAndGet(), 3);
    }

    /** Brings up a lab of this name, up to nine real servers. */
    public static Lab up(Director director, String name, int realServers) {
        Lab lab = new Lab(name, realServers);
        lab.clearFolder();
        Runtime.getRuntime().addShutdownHook(lab.hook);
        lab.control("up", "--director", director.word(), "--real-servers", Integer.toString(realServers));
        return lab;
    }

    private void clearFolder() {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> old = Files.walk(folder)) {
                for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The checkout's folder: the nearest one upward that has lab/lab. */
    public static Path home() {
        Path start = Path.of(System.getProperty("drcopy.home", "")).toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("lab/lab"))) {
                return folder;
            }
        }
        throw new IllegalStateException("no lab/lab at or above " + start + "; set -Ddrcopy.home");
    }

    public String name() {
        return name;
    }

    /** Where this lab's logs are. */
    public Path folder() {
        return folder;
    }

    /** Names of the real servers' hosts: rs1, rs2, ... */
    public List<String> realServers() {
        return IntStream.rangeClosed(1, realServers).mapToObj(i -> "rs" + i).toList();
    }

    /** The test net's address of a real server's host. */
    public static String address(String realServer) {
        return "198.18.1.1" + realServer.substring(2);
    }

    /** Runs a command of lab/lab; its output. */
    public String control(String... words) {
        return Shell.run(PATIENCE, words(List.of(home().resolve("lab/lab").toString(), "--name", name), words));
    }

    /** Runs a command on a host, which must succeed within a minute; its output. */
    public String run(String host, String... command) {
        return Shell.run(PATIENCE, words(on(host), command));
    }

    /** Runs a command on a host, up to a minute. */
    public Shell.Outcome attempt(String host, String... command) {
        return Shell.attempt(PATIENCE, words(on(host), command));
    }

    /** Runs a command inside the director, whichever it is. */
    public String director(String... command) {
        return control(words(List.of("exec", "director"), command));
    }

    /** Starts a command on a host; its output goes to {@code folder()/log}. */
    public HostProcess start(String host, String log, List<String> command) {
        List<String> words = new ArrayList<>(on(host));
        words.addAll(command);
        return HostProcess.start(words, folder.resolve(log));
    }

    private List<String> on(String host) {
        return List.of("ip", "netns", "exec", name + "-" + host);
    }

    private static String[] words(List<String> first, String... rest) {
        return Stream.concat(first.stream(), Stream.of(rest)).toArray(String[]::new);
    }

    /** Pids on a host whose command line contains {@code part}. */
    public List<Long> pids(String host, String part) {
        String pids = Shell.run(PATIENCE, "ip", "netns", "pids", name + "-" + host);
        return pids.lines()
                .map(Long::valueOf)
                .filter(pid -> commandLine(pid).contains(part))
                .collect(Collectors.toList());
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the JVM is ending: the hook does it
        }
        down();
    }

    private void down() {
        control("down");
    }
}
