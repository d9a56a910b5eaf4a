// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.lab.dialogue.DialogueClient;
import drcopy.lab.dialogue.DialogueServer;
import drcopy.lab.dialogue.Notes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Scripted services online and on one real server, and their clients. What each service heard is in a file of notes. */
public final class Dialogues {
    private static final Duration START = Duration.ofSeconds(30);

    private final Lab lab;

    private Dialogues(Lab lab) {
        this.lab = lab;
    }

    /** Starts both sides; a service is KIND:PORT:NUMBER:NUMBER as {@link DialogueServer} has it. */
    public static Dialogues start(Lab lab, String host, List<String> online, List<String> target) {
        Dialogues dialogues = new Dialogues(lab);
        dialogues.serve("online", online);
        dialogues.serve(host, target);
        return dialogues;
    }

    private void serve(String host, List<String> services) {
        HostProcess server = lab.start(
                host,
                "dialogue-" + host + ".log",
                command(
                        DialogueServer.class,
                        Stream.concat(Stream.of(notes(host).toString()), services.stream())));
        Await.until("services on " + host, START, () -> server.output().contains("listening"));
    }

    /** Runs clients to their end, each KIND:PORT:CONNECTIONS:COUNT as {@link DialogueClient} has it. */
    public void talk(Duration limit, String... clients) {
        try (HostProcess client = lab.start(
                "client",
                "dialogue-client.log",
                command(DialogueClient.class, Stream.concat(Stream.of(Lab.ONLINE), Arrays.stream(clients))))) {
            if (client.await(limit) != 0) {
                throw new IllegalStateException("the clients failed:\n" + client.output());
            }
        }
    }

    private Path notes(String host) {
        return lab.folder().resolve("dialogue-" + host + ".notes");
    }

    /** When a host heard what; nanoseconds of a clock that is the same on all. */
    public Map<String, Long> heard(String host, String kinds, int port) {
        return Notes.read(notes(host), kinds, port);
    }

    /** The names of all requests that a scripted HTTP server of this host took, what is none as "noise". */
    public List<String> requests(String host) {
        return Notes.names(notes(host));
    }

    private static List<String> command(Class<?> program, Stream<String> words) {
        return Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx128m",
                                "-XX:+UseSerialGC",
                                "-XX:-UsePerfData",
                                "-cp",
                                System.getProperty("java.class.path"),
                                program.getName()),
                        words)
                .toList();
    }
}
