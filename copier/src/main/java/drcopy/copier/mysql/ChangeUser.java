// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import drcopy.copier.session.AdapterOutput;
import java.nio.charset.StandardCharsets;

/**
 * COM_CHANGE_USER without its proof of the password.
 *
 * @param database empty for none
 * @param charset -1 when the packet ended before it
 * @param attributes the connection attributes with their length, as sent; empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record ChangeUser(String user, byte[] database, int charset, byte[] attributes) {
    /** @param payload with the command's byte. @return null when it is malformed */
    static ChangeUser parse(byte[] payload) {
        Fields in = new Fields(payload);
        in.u8();
        String user = in.text();
        in.take(in.u8());
        byte[] database = in.toNulOrEnd();
        int charset = in.remaining() >= 2 ? in.u16() : -1;
        in.toNulOrEnd();
        byte[] attributes = in.rest();
        return in.isBroken() ? null : new ChangeUser(user, database, charset, attributes);
    }

    /** Writes the packet, header and all. */
    void write(AuthPlugin plugin, byte[] token, Greeting server, AdapterOutput out) {
        PacketBuilder packet = new PacketBuilder();
        packet.u8(Command.CHANGE_USER.code);
        packet.nulTerminated(user.getBytes(StandardCharsets.UTF_8));
        packet.u8(token.length);
        packet.bytes(token);
        packet.nulTerminated(database);
        packet.u16(charset < 0 ? 45 : charset);
        packet.nulTerminated(plugin.text.getBytes(StandardCharsets.US_ASCII));
        if (Capabilities.has(server.capabilities(), Capabilities.CONNECT_ATTRS)) {
            packet.bytes(attributes);
        }
        packet.writeTo(out, 0);
    }
}
