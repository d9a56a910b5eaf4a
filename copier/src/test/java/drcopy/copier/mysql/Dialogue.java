// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import drcopy.copier.session.AdapterOutput;
import drcopy.copier.session.ProtocolAdapter;
import drcopy.copier.session.ProtocolAdapter.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;

/** An adapter between a client and a target that a test plays: the part of the engine, without packets. */
final class Dialogue {
    static final byte[] SCRAMBLE = HexFormat.of().parseHex("4142434445464748494a4b4c4d4e4f5051525354");

    final MySqlCounts counts = new MySqlCounts();
    private final MySqlSessions sessions;
    private final ProtocolAdapter adapter;
    private final AdapterOutput out = new AdapterOutput();
    private final ByteArrayOutputStream toTarget = new ByteArrayOutputStream();
    private final Deque<byte[]> held = new ArrayDeque<>();
    private int end = 1_000;
    private boolean isSkipped;

    Dialogue(String... users) {
        sessions = new MySqlSessions(Users.parse(List.of(users), false), counts);
        adapter = sessions.get();
        adapter.onConnected();
    }

    /** The client sends bytes; they arrive in pieces of at most this size. */
    Dialogue client(byte[] bytes, int pieces) {
        for (int at = 0; at < bytes.length; at += pieces) {
            byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + pieces));
            held.add(piece);
            play(true);
        }
        return this;
    }

    Dialogue client(byte[] bytes) {
        return client(bytes, Integer.MAX_VALUE / 2);
    }

    /** What is held goes now or never. */
    Dialogue late() {
        play(false);
        return this;
    }

    private void play(boolean mayHold) {
        while (!held.isEmpty() && !isSkipped) {
            byte[] bytes = held.peek();
            out.clear();
            int after = end + bytes.length;
            Verdict verdict = adapter.onClientBytes(ByteBuffer.wrap(bytes), 0, bytes.length, after, mayHold, out);
            switch (verdict) {
                case PASS -> toTarget.writeBytes(bytes);
                case REPLACE, HOLD -> toTarget.writeBytes(out.toBytes());
                case SKIP -> isSkipped = true;
            }
            if (verdict == Verdict.HOLD) {
                return;
            }
            held.remove();
            end = after;
        }
    }

    /** Sequence number behind what the client has sent so far. */
    int end() {
        return end + held.stream().mapToInt(piece -> piece.length).sum();
    }

    Dialogue target(byte[] bytes) {
        return target(bytes, bytes.length);
    }

    /** The target sends bytes of which only the first are shown. */
    Dialogue target(byte[] bytes, int shown) {
        out.clear();
        if (!isSkipped && !adapter.onTargetBytes(ByteBuffer.wrap(bytes), 0, shown, bytes.length, out)) {
            isSkipped = true;
        }
        toTarget.writeBytes(out.toBytes());
        play(true);
        return this;
    }

    Dialogue online(byte[] bytes, int ack) {
        adapter.onOnlineBytes(ByteBuffer.wrap(bytes), 0, bytes.length, ack);
        play(true);
        return this;
    }

    /** The connection to the target ended; another one stands. */
    Dialogue reconnect() {
        adapter.onConnected();
        return this;
    }

    /** What went to the target since the last call. */
    byte[] sent() {
        byte[] bytes = toTarget.toByteArray();
        toTarget.reset();
        return bytes;
    }

    boolean isSkipped() {
        return isSkipped;
    }

    boolean keepsOrder() {
        return adapter.keepsOrder();
    }

    static byte[] packet(int sequence, byte[] payload) {
        AdapterOutput packet = new AdapterOutput();
        PacketBuilder.packet(packet, sequence, payload);
        return packet.toBytes();
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** A greeting of MySQL 8: its scramble at 12 and 39, 74 bytes. */
    static byte[] greeting(String plugin) {
        return packet(
                0,
                join(
                        new byte[] {10},
                        text("8.0.33\0"),
                        hex("07000000"),
                        Arrays.copyOf(SCRAMBLE, 8),
                        hex("00 ffff ff 0200 ffdf 15 00000000000000000000"),
                        Arrays.copyOfRange(SCRAMBLE, 8, 20),
                        new byte[1],
                        text(plugin + "\0")));
    }

    /** A client's login with a wrong token and a database. */
    static byte[] login(String user, String capabilities) {
        return packet(
                1,
                join(
                        hex(capabilities),
                        hex("00000001 2d"),
                        new byte[23],
                        text(user + "\0"),
                        new byte[] {20},
                        new byte[20],
                        text("shop\0"),
                        text("mysql_native_password\0")));
    }

    /** LONG_PASSWORD, CONNECT_WITH_DB, PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH. */
    static byte[] login(String user) {
        return login(user, "09820800");
    }

    static byte[] ok(int sequence) {
        return packet(sequence, hex("00 00 00 0200 0000"));
    }

    static byte[] error(int sequence, int code) {
        return packet(sequence, join(new byte[] {(byte) 0xff, (byte) code, (byte) (code >>> 8)}, text("#28000no")));
    }

    static byte[] query(String sql) {
        return packet(0, join(new byte[] {3}, text(sql)));
    }

    static byte[] command(int code, String rest) {
        return packet(0, join(new byte[] {(byte) code}, hex(rest)));
    }

    static byte[] prepare(String sql) {
        return packet(0, join(new byte[] {0x16}, text(sql)));
    }

    static byte[] prepared(int id) {
        return packet(1, hex(String.format("00 %02x000000 0000 0000 00 0000", id)));
    }
}
