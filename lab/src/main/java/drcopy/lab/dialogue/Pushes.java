// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.dialogue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Says something at its own pace, whatever it hears.
 *
 * @param periodNs 0 for never
 * @param jitterNs each comes late by up to this
 */
record Pushes(long periodNs, long jitterNs) implements DialogueServer.Service {
    static final int LENGTH = 100;

    @Override
    public void serve(Socket socket, Notes notes) throws IOException {
        Thread pusher = new Thread(() -> push(socket), "push");
        if (periodNs > 0) {
            pusher.start();
        }
        InputStream in = socket.getInputStream();
        for (byte[] m = in.readNBytes(Message.LENGTH); m.length == Message.LENGTH; m = in.readNBytes(Message.LENGTH)) {
            notes.note(Message.name(m));
        }
    }

    private void push(Socket socket) {
        Random r = new Random(socket.getPort());
        long startNs = System.nanoTime();
        try {
            for (long n = 1; ; n++) {
                long late = jitterNs > 0 ? r.nextLong(jitterNs) : 0;
                TimeUnit.NANOSECONDS.sleep(startNs + n * periodNs + late - System.nanoTime());
                socket.getOutputStream().write(new byte[LENGTH]);
            }
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt(); // the client has gone
        }
    }
}
