// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import drcopy.copier.session.AdapterOutput;
import java.nio.charset.StandardCharsets;

/**
 * What a client asks for when it logs in (HandshakeResponse41), without its proof of the password, which is good for one
 * scramble only.
 *
 * @param capabilities what the client can
 * @param extended MariaDB's further capabilities, else 0
 * @param database the first database, empty for none
 * @param attributes the connection attributes as they were sent, without their length; empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record LoginRequest(
        int capabilities, int maxPacket, int charset, int extended, String user, byte[] database, byte[] attributes) {
    private static final int UTF8MB4 = 45;
    private static final int MAX_PACKET = 1 << 24;
    private static final byte[] NONE = {};

    /** A login of our own: what a usual client asks for. */
    static LoginRequest own(String user, boolean hasQueryAttributes) {
        int more = hasQueryAttributes ? Capabilities.QUERY_ATTRIBUTES : 0;
        return new LoginRequest(Capabilities.OWN | more, MAX_PACKET, UTF8MB4, 0, user, NONE, NONE);
    }

    /** @return null when it is malformed */
    static LoginRequest parse(byte[] payload) {
        Fields in = new Fields(payload);
        int capabilities = in.u32();
        int maxPacket = in.u32();
        int charset = in.u8();
        in.take(19);
        int extended = in.u32();
        String user = in.text();
        skipToken(in, capabilities);
        byte[] database = Capabilities.has(capabilities, Capabilities.CONNECT_WITH_DB) ? in.toNulOrEnd() : NONE;
        if (Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH)) {
            in.toNulOrEnd();
        }
        byte[] attributes = NONE;
        if (Capabilities.has(capabilities, Capabilities.CONNECT_ATTRS) && in.remaining() > 0) {
            attributes = in.take(in.lengthEncoded());
        }
        if (in.isBroken()) {
            return null;
        }
        return new LoginRequest(capabilities, maxPacket, charset, extended, user, database, attributes);
    }

    private static void skipToken(Fields in, int capabilities) {
        if (Capabilities.has(capabilities, Capabilities.LENENC_AUTH)) {
            in.take(in.lengthEncoded());
        } else if (Capabilities.has(capabilities, Capabilities.SECURE_CONNECTION)) {
            in.take(in.u8());
        } else {
            in.toNul();
        }
    }

    /** The same wish in another database. */
    LoginRequest in(byte[] other) {
        return new LoginRequest(capabilities, maxPacket, charset, extended, user, other, attributes);
    }

    /** The same session, with what a COM_CHANGE_USER changed. */
    LoginRequest as(String other, byte[] inDatabase) {
        return new LoginRequest(capabilities, maxPacket, charset, extended, other, inDatabase, attributes);
    }

    /** Writes the packet for this server, header and all. */
    void write(Greeting server, AuthPlugin plugin, byte[] token, int sequence, AdapterOutput out) {
        int flags = flagsFor(server);
        PacketBuilder packet = new PacketBuilder();
        packet.u32(flags);
        packet.u32(maxPacket);
        packet.u8(charset);
        packet.zeros(19);
        packet.u32(extended & server.extended());
        packet.nulTerminated(user.getBytes(StandardCharsets.UTF_8));
        packet.u8(token.length);
        packet.bytes(token);
        if (Capabilities.has(flags, Capabilities.CONNECT_WITH_DB)) {
            packet.nulTerminated(database);
        }
        packet.nulTerminated(plugin.text.getBytes(StandardCharsets.US_ASCII));
        if (Capabilities.has(flags, Capabilities.CONNECT_ATTRS)) {
            packet.lengthEncoded(attributes.length);
            packet.bytes(attributes);
        }
        packet.writeTo(out, sequence);
    }

    private int flagsFor(Greeting server) {
        int never = Capabilities.SSL
                | Capabilities.COMPRESS
                | Capabilities.ZSTD
                | Capabilities.CONNECT_WITH_DB
                | Capabilities.CONNECT_ATTRS
                | Capabilities.LENENC_AUTH;
        int flags = capabilities & server.capabilities() & ~never | Capabilities.NEEDED;
        flags |= database.length > 0 ? Capabilities.CONNECT_WITH_DB : 0;
        boolean takesAttributes = Capabilities.has(server.capabilities(), Capabilities.CONNECT_ATTRS);
        return flags | (attributes.length > 0 && takesAttributes ? Capabilities.CONNECT_ATTRS : 0);
    }
}
