// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import java.nio.charset.StandardCharsets;

/**
 * A server's first packet (HandshakeV10).
 *
 * @param capabilities what the server can
 * @param extended MariaDB's further capabilities, else 0
 * @param scramble 20 bytes
 * @param plugin the server's default
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Greeting(int capabilities, int extended, byte[] scramble, AuthPlugin plugin) {
    private static final int VERSION = 10;
    private static final int SCRAMBLE_BYTES = 20;
    private static final int FIRST_PART = 8;

    /** @return null when it is none that we understand */
    static Greeting parse(byte[] payload) {
        Fields in = new Fields(payload);
        int version = in.u8();
        in.toNul();
        in.u32();
        byte[] first = in.take(FIRST_PART);
        in.u8();
        int low = in.u16();
        in.u8();
        in.u16();
        int capabilities = low | in.u16() << 16;
        in.u8();
        in.take(6);
        int extended = in.u32();
        byte[] second = in.take(SCRAMBLE_BYTES - FIRST_PART);
        if (version != VERSION || in.isBroken()) {
            return null;
        }
        in.u8();
        String plugin = new String(in.toNulOrEnd(), StandardCharsets.UTF_8);
        byte[] scramble = new byte[SCRAMBLE_BYTES];
        System.arraycopy(first, 0, scramble, 0, FIRST_PART);
        System.arraycopy(second, 0, scramble, FIRST_PART, SCRAMBLE_BYTES - FIRST_PART);
        boolean isMariaDb = !Capabilities.has(capabilities, Capabilities.LONG_PASSWORD);
        AuthPlugin known = plugin.isEmpty() ? AuthPlugin.NATIVE : AuthPlugin.of(plugin);
        return new Greeting(capabilities, isMariaDb ? extended : 0, scramble, known);
    }
}
