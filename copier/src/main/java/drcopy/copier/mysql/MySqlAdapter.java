// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import drcopy.copier.session.AdapterOutput;
import drcopy.copier.session.ProtocolAdapter;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One session of MySQL on its way to a target with other scrambles, passwords and statement IDs. The client's login is kept from
 * the target and only says who wants in; {@link TargetLogin} holds the dialogue with the target. Then commands go as they come,
 * but for those on statements, whose IDs are the target's then, and for what must not be mirrored.
 */
public final class MySqlAdapter implements ProtocolAdapter {
    /** Enough for a greeting, a question for another plugin, an RSA key. */
    private static final int PAYLOAD_WANTED = 1_024;

    private static final int ERROR = 0xff;
    private static final int LOCAL_INFILE = 0xfb;
    private static final int PREPARE_OK_BYTES = 12;
    private static final int LAST_PREPARED = -1;
    private static final int NO_STATEMENT = 0;
    private static final int SSL_REQUEST_BYTES = 32;
    private static final byte[] PING = {(byte) Command.PING.code};

    private final MySqlSessions shared;
    private final MySqlCounts counts;
    private final TargetLogin login;
    private final TargetPackets targetPackets = new TargetPackets();
    private final Statements statements = new Statements();
    private final ClientPackets packets = new ClientPackets(new Commands());
    private LoginRequest request;
    private SkipReason skipped;
    private boolean isFirstCommand;
    private boolean isAnswerDue;

    MySqlAdapter(MySqlSessions shared) {
        this.shared = shared;
        this.counts = shared.counts();
        this.login = new TargetLogin(shared.users(), counts);
    }

    @Override
    public int payloadWanted() {
        return PAYLOAD_WANTED;
    }

    @Override
    public void onConnected() {
        login.restart();
        targetPackets.clear();
        packets.restart();
        statements.restart();
        isFirstCommand = true;
        isAnswerDue = false;
    }

    @Override
    public boolean keepsOrder() {
        return !login.isDone() || isFirstCommand;
    }

    @Override
    public Verdict onClientBytes(ByteBuffer bytes, int at, int length, int end, boolean mayHold, AdapterOutput out) {
        if (skipped != null) {
            return Verdict.SKIP;
        }
        boolean isBoundary = packets.isAtBoundary();
        boolean isCommand = isBoundary && (length < ClientPackets.HEADER || bytes.get(at + 3) == 0);
        if (!login.isDone() && (isCommand || !login.isAsked())) {
            return beforeLogin(bytes, at, length, end, mayHold, isCommand, out);
        }
        if (statements.isPending() && isBoundary) {
            if (mayHold) {
                return Verdict.HOLD;
            }
            statements.failed();
        }
        if (isBoundary && isUnnamed(bytes, at, length)) {
            if (mayHold) {
                return Verdict.HOLD;
            }
            statements.giveUpNaming();
        }
        return take(bytes, at, length, end, out);
    }

    /** A command on a statement that online's answer has not named yet: it was captured later than what the client made of it. */
    private boolean isUnnamed(ByteBuffer bytes, int at, int length) {
        int command = at + ClientPackets.HEADER;
        if (length < ClientPackets.HEADER + 5 || !Command.of(bytes.get(command)).hasStatement()) {
            return false;
        }
        int onlineId = little(bytes, command + 1);
        return !isForBoth(onlineId) && statements.mayBeNamed(onlineId);
    }

    /** The statement of the last PREPARE, or none, as Connector/J closes after a PREPARE that failed: the same on both servers. */
    private static boolean isForBoth(int statementId) {
        return statementId == LAST_PREPARED || statementId == NO_STATEMENT;
    }

    private static int little(ByteBuffer bytes, int at) {
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value |= (bytes.get(at + i) & 0xff) << 8 * i;
        }
        return value;
    }

    /** The target has not let us in yet. */
    private Verdict beforeLogin(
            ByteBuffer bytes, int at, int length, int end, boolean mayHold, boolean isCommand, AdapterOutput out) {
        if (!mayHold) {
            return skip(SkipReason.TARGET_SILENT);
        }
        if (!login.isGreeted()) {
            return Verdict.HOLD;
        }
        if (!isCommand) {
            return take(bytes, at, length, end, out);
        }
        LoginRequest own = request == null ? ownRequest(bytes, at, length) : request;
        SkipReason reason = own == null ? SkipReason.UNKNOWN_USER : login.logIn(own, out);
        counts.count(MySqlEvent.OWN_LOGINS);
        return reason == null ? Verdict.HOLD : skip(reason);
    }

    /** For a session that was joined in mid-stream. */
    private LoginRequest ownRequest(ByteBuffer bytes, int at, int length) {
        boolean isQuery =
                length > ClientPackets.HEADER + 2 && bytes.get(at + ClientPackets.HEADER) == Command.QUERY.code;
        boolean hasAttributes = isQuery
                && bytes.get(at + ClientPackets.HEADER + 1) == 0
                && bytes.get(at + ClientPackets.HEADER + 2) == 1;
        request = shared.requestForStranger(hasAttributes);
        return request;
    }

    private Verdict take(ByteBuffer bytes, int at, int length, int end, AdapterOutput out) {
        boolean isChanged = packets.take(bytes, at, length, end, out);
        if (packets.isMalformed()) {
            skip(SkipReason.MALFORMED);
        }
        if (skipped != null) {
            return Verdict.SKIP;
        }
        return isChanged ? Verdict.REPLACE : Verdict.PASS;
    }

    private Verdict skip(SkipReason reason) {
        if (skipped == null && reason != null) {
            skipped = reason;
            counts.skipped(reason);
        }
        return Verdict.SKIP;
    }

    @Override
    public boolean onTargetBytes(ByteBuffer bytes, int at, int shown, int length, AdapterOutput out) {
        if (skipped != null) {
            return false;
        }
        if (!login.isDone()) {
            targetPackets.add(bytes, at, shown, length);
            onLoginPackets(out);
        } else if (isAnswerDue && shown > ClientPackets.HEADER && bytes.get(at + 3) == 1) {
            // An answer begins with packet 1 at the beginning of a segment.
            isAnswerDue = false;
            onAnswer(bytes, at, shown, out);
        }
        return skipped == null;
    }

    private void onLoginPackets(AdapterOutput out) {
        byte[] payload = targetPackets.next();
        while (payload != null && skipped == null && !login.isDone()) {
            skip(login.onPacket(targetPackets.sequence(), payload, out));
            payload = targetPackets.next();
        }
        if (login.isDone()) {
            targetPackets.clear();
            prepareAgain(out);
        } else if (targetPackets.isCut()) {
            skip(SkipReason.PAYLOAD_MISSING);
        }
    }

    private void prepareAgain(AdapterOutput out) {
        byte[] text = statements.nextAgain();
        if (text != null) {
            isAnswerDue = true;
            PacketBuilder packet = new PacketBuilder();
            packet.u8(Command.STMT_PREPARE.code);
            packet.bytes(text);
            packet.writeTo(out, 0);
        }
    }

    private void onPrepared(byte[] payload) {
        Fields in = new Fields(payload);
        if (in.u8() == 0 && payload.length == PREPARE_OK_BYTES) {
            counts.count(MySqlEvent.STATEMENTS_PREPARED);
            statements.prepared(in.u32());
        } else {
            statements.failed();
        }
    }

    /** The first bytes of an answer: header and what it begins with. */
    private void onAnswer(ByteBuffer bytes, int at, int shown, AdapterOutput out) {
        int size = bytes.get(at) & 0xff | (bytes.get(at + 1) & 0xff) << 8 | (bytes.get(at + 2) & 0xff) << 16;
        int kind = bytes.get(at + ClientPackets.HEADER) & 0xff;
        counts.count(MySqlEvent.RESPONSES);
        byte[] head = new byte[Math.min(size, Math.min(shown - ClientPackets.HEADER, PREPARE_OK_BYTES))];
        bytes.get(at + ClientPackets.HEADER, head);
        if (kind == ERROR && head.length >= 3) {
            counts.error(head[1] & 0xff | (head[2] & 0xff) << 8);
        } else if (kind == LOCAL_INFILE && !statements.isPending()) {
            skip(SkipReason.LOCAL_INFILE);
        }
        if (statements.isPending()) {
            onPrepared(size == PREPARE_OK_BYTES ? head : new byte[0]);
            if (statements.isPreparingAgain()) {
                prepareAgain(out);
            }
        }
    }

    @Override
    public void onOnlineBytes(ByteBuffer bytes, int at, int length, int ack) {
        boolean isPrepareOk = length >= ClientPackets.HEADER + PREPARE_OK_BYTES
                && bytes.get(at) == PREPARE_OK_BYTES
                && bytes.get(at + 1) == 0
                && bytes.get(at + 2) == 0
                && bytes.get(at + 3) == 1
                && bytes.get(at + ClientPackets.HEADER) == 0;
        if (isPrepareOk) {
            statements.seenOnline(ack, little(bytes, at + ClientPackets.HEADER + 1));
        }
    }

    /** Judges the client's packets. */
    private final class Commands implements ClientPackets.Judge {
        @Override
        public boolean onPacket(int sequence, byte[] head, int length, AdapterOutput out) {
            if (skipped != null) {
                return false;
            }
            if (login.isGreeted()) {
                onLogin(sequence, head, out);
                return false;
            }
            if (sequence != 0) {
                if (login.isDone() && !isFirstCommand) {
                    skip(SkipReason.LOCAL_INFILE);
                }
                return false; // the client's part in a login to online
            }
            if (login.isAsked() || length == 0) {
                skip(SkipReason.MALFORMED);
                return false;
            }
            isFirstCommand = false;
            return onCommand(Command.of(head[0]), head, out);
        }

        private void onLogin(int sequence, byte[] payload, AdapterOutput out) {
            Fields in = new Fields(payload);
            int capabilities = in.u32();
            if (sequence == 0 || in.isBroken()) {
                skip(SkipReason.MALFORMED);
            } else if (Capabilities.has(capabilities, Capabilities.SSL) && payload.length == SSL_REQUEST_BYTES) {
                skip(SkipReason.TLS);
            } else if (!Capabilities.has(capabilities, Capabilities.PROTOCOL_41)) {
                skip(SkipReason.OLD_PROTOCOL);
            } else if (Capabilities.has(capabilities, Capabilities.COMPRESS | Capabilities.ZSTD)) {
                skip(SkipReason.COMPRESSION);
            } else {
                request = LoginRequest.parse(payload);
                shared.seen(request);
                skip(request == null ? SkipReason.MALFORMED : login.logIn(request, out));
            }
        }

        private boolean onCommand(Command command, byte[] head, AdapterOutput out) {
            counts.mirrored(command);
            isAnswerDue = !command.isUnanswered();
            if (command.isReplication()) {
                skip(SkipReason.REPLICATION);
                return false;
            }
            if (command.hasStatement()) {
                return onStatement(command, head, out);
            }
            switch (command) {
                case QUERY -> {
                    return onQuery(head, out);
                }
                case PROCESS_KILL -> {
                    return replaceKill(out);
                }
                case CHANGE_USER -> {
                    return changeUser(head, out);
                }
                case RESET_CONNECTION -> statements.clear();
                case INIT_DB -> inDatabase(Arrays.copyOfRange(head, 1, head.length));
                default -> {}
            }
            return true;
        }

        private boolean onQuery(byte[] head, AdapterOutput out) {
            if (QueryText.hasAttributes(head) && !login.hasQueryAttributes()) {
                skip(SkipReason.CAPABILITIES);
                return false;
            }
            if (!QueryText.isWorthReading(head)) {
                return true;
            }
            if (QueryText.isKill(head)) {
                return replaceKill(out);
            }
            inDatabase(QueryText.database(head));
            return true;
        }

        private void inDatabase(byte[] database) {
            if (database != null && request != null) {
                request = request.in(database);
            }
        }

        private boolean replaceKill(AdapterOutput out) {
            counts.count(MySqlEvent.KILLS_REPLACED);
            PacketBuilder.packet(out, 0, PING);
            return false;
        }

        private boolean changeUser(byte[] head, AdapterOutput out) {
            ChangeUser change = ChangeUser.parse(head);
            if (change == null) {
                skip(SkipReason.MALFORMED);
                return false;
            }
            request = request == null ? null : request.as(change.user(), change.database());
            statements.clear();
            targetPackets.clear();
            isFirstCommand = true;
            isAnswerDue = false;
            skip(login.changeUser(change, out));
            return false;
        }

        private boolean onStatement(Command command, byte[] head, AdapterOutput out) {
            Fields in = new Fields(head);
            in.u8();
            int onlineId = in.u32();
            if (in.isBroken()) {
                skip(SkipReason.MALFORMED);
                return false;
            }
            if (isForBoth(onlineId)) {
                return true;
            }
            if (!statements.isKnown(onlineId)) {
                counts.count(MySqlEvent.STATEMENTS_UNKNOWN);
                if (!command.isUnanswered()) {
                    PacketBuilder.packet(out, 0, PING);
                }
                return false;
            }
            int targetId = statements.targetId(onlineId);
            if (targetId != onlineId) {
                packets.change(1, targetId);
            }
            if (command == Command.STMT_CLOSE) {
                statements.close(onlineId);
            }
            return true;
        }

        @Override
        public void onPrepare(byte[] text, int end) {
            statements.prepare(text, end);
        }
    }
}
