// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.dialogue;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What clients say: a line of fixed length with a name that occurs once. */
final class Message {
    static final int LENGTH = 32;
    /** The first letter of a message that is answered. */
    static final char ASKS = 'a';

    private Message() {}

    static byte[] of(char kind, int port, int connection, int number) {
        String text = String.format(Locale.ROOT, "%c-%d-%d-%d", kind, port, connection, number);
        return String.format(Locale.ROOT, "%-31s%n", text).getBytes(StandardCharsets.US_ASCII);
    }

    static String name(byte[] message) {
        return new String(message, StandardCharsets.US_ASCII).trim();
    }
}
