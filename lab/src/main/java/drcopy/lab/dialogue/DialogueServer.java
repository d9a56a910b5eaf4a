// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.dialogue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server of many ports: {@code DialogueServer NOTES KIND:PORT:NUMBER:NUMBER...}, times in microseconds. {@code
 * push:PORT:PERIOD:JITTER} says 100 bytes so often, never for 0; {@code parts:PORT:DELAY:REST} answers a message with 100
 * bytes and, later, 200; {@code plain|interim|early|refuse:PORT:DELAY:0} are HTTP, see {@link Uploads}. Runs until it is ended.
 */
public final class DialogueServer {
    private static final int BACKLOG = 256;
    private static final long FLUSH_MS = 50;

    private final Notes notes;

    private DialogueServer(Notes notes) {
        this.notes = notes;
    }

    /** How a connection is served. */
    interface Service {
        void serve(Socket socket, Notes notes) throws IOException, InterruptedException;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        DialogueServer server = new DialogueServer(new Notes(Path.of(args[0])));
        List<Thread> acceptors = new ArrayList<>();
        for (int i = 1; i < args.length; i++) {
            acceptors.add(server.listen(args[i].split(":", -1)));
        }
        acceptors.forEach(Thread::start);
        System.out.println("listening");
        while (true) {
            TimeUnit.MILLISECONDS.sleep(FLUSH_MS);
            server.notes.flush();
        }
    }

    private Thread listen(String[] words) throws IOException {
        long first = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(words[2]));
        long second = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(words[3]));
        Service service =
                switch (words[0]) {
                    case "push" -> new Pushes(first, second);
                    case "parts" -> new Parts(first, second);
                    default -> new Uploads(Uploads.Manner.valueOf(words[0].toUpperCase(java.util.Locale.ROOT)), first);
                };
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(Integer.parseInt(words[1])), BACKLOG);
        return new Thread(() -> accept(socket, service), "accept-" + words[1]);
    }

    private void accept(ServerSocket listening, Service service) {
        while (true) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                new Thread(() -> serve(socket, service), "serve").start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket, Service service) {
        try (socket) {
            service.serve(socket, notes);
        } catch (IOException e) {
            System.err.println(socket.getLocalPort() + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
