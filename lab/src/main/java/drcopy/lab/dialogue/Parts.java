// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.dialogue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Answers each message that asks in two parts, and goes on listening between them.
 *
 * @param delayNs until the first part
 * @param restNs from there to the second; 0 for both at once
 */
record Parts(long delayNs, long restNs) implements DialogueServer.Service {
    static final int FIRST = 100;
    static final int REST = 200;

    @Override
    public void serve(Socket socket, Notes notes) throws IOException {
        ScheduledExecutorService mouth = Executors.newSingleThreadScheduledExecutor();
        try {
            InputStream in = socket.getInputStream();
            for (byte[] m = in.readNBytes(Message.LENGTH);
                    m.length == Message.LENGTH;
                    m = in.readNBytes(Message.LENGTH)) {
                notes.note(Message.name(m));
                if (m[0] == Message.ASKS) {
                    say(mouth, socket, restNs == 0 ? FIRST + REST : FIRST, delayNs);
                    say(mouth, socket, restNs == 0 ? 0 : REST, delayNs + restNs);
                }
            }
        } finally {
            mouth.shutdownNow();
        }
    }

    private static void say(ScheduledExecutorService mouth, Socket socket, int length, long delayNs) {
        if (length > 0) {
            ScheduledFuture<?> unused = mouth.schedule(
                    () -> {
                        socket.getOutputStream().write(new byte[length]);
                        return null;
                    },
                    delayNs,
                    TimeUnit.NANOSECONDS);
        }
    }
}
