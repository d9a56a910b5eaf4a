// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import drcopy.copier.session.AdapterOutput;
import java.util.Arrays;

/**
 * The login to the target, a dialogue of its own: the target's scramble and its questions are answered from what is known of the
 * user, whatever the client and online said to each other.
 */
final class TargetLogin {
    /** How far the dialogue is. */
    private enum State {
        /** The target speaks first. */
        GREETING,
        /** Our turn. */
        GREETED,
        /** The target judges, or asks. */
        ASKED,
        /** The target sends its RSA key. */
        KEY,
        DONE
    }

    private static final int OK = 0x00;
    private static final int MORE_DATA = 0x01;
    private static final int SWITCH = 0xfe;
    private static final int ERROR = 0xff;
    private static final int FAST_OK = 3;
    private static final int FULL_NEEDED = 4;
    private static final byte[] ASK_FOR_KEY = {2};

    private final Users users;
    private final MySqlCounts counts;
    private State state = State.GREETING;
    private Greeting greeting;
    private byte[] scramble;
    private AuthPlugin plugin;
    private Secret secret;

    TargetLogin(Users users, MySqlCounts counts) {
        this.users = users;
        this.counts = counts;
    }

    /** A new connection. */
    void restart() {
        state = State.GREETING;
        greeting = null;
    }

    boolean isGreeted() {
        return state == State.GREETED;
    }

    boolean isAsked() {
        return state == State.ASKED || state == State.KEY;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** True when the target understands query attributes before a query's text. */
    boolean hasQueryAttributes() {
        return greeting != null && Capabilities.has(greeting.capabilities(), Capabilities.QUERY_ATTRIBUTES);
    }

    /** Logs in after the greeting. @return why not, or null */
    SkipReason logIn(LoginRequest request, AdapterOutput out) {
        secret = users.secret(request.user());
        if (secret == null) {
            return SkipReason.UNKNOWN_USER;
        }
        scramble = greeting.scramble();
        plugin = usable(greeting.plugin());
        byte[] token = secret.token(plugin, scramble);
        request.write(greeting, plugin, token == null ? new byte[0] : token, 1, out);
        state = State.ASKED;
        return null;
    }

    /** The server's default when there is a proof for it, else whatever there is a proof for: the server asks again if need be. */
    private AuthPlugin usable(AuthPlugin wanted) {
        for (AuthPlugin candidate : new AuthPlugin[] {wanted, AuthPlugin.NATIVE, AuthPlugin.CACHING_SHA2}) {
            if (candidate != AuthPlugin.OTHER && secret.token(candidate, scramble) != null) {
                return candidate;
            }
        }
        return AuthPlugin.NATIVE;
    }

    /** Logs in as somebody else on the same connection. @return why not, or null */
    SkipReason changeUser(ChangeUser request, AdapterOutput out) {
        secret = users.secret(request.user());
        if (secret == null) {
            return SkipReason.UNKNOWN_USER;
        }
        scramble = greeting.scramble();
        plugin = usable(greeting.plugin());
        byte[] token = secret.token(plugin, scramble);
        request.write(plugin, token == null ? new byte[0] : token, greeting, out);
        state = State.ASKED;
        return null;
    }

    /** The target's next packet until the login is done. @return why the session cannot be mirrored, or null */
    SkipReason onPacket(int sequence, byte[] payload, AdapterOutput out) {
        int kind = payload.length == 0 ? -1 : payload[0] & 0xff;
        if (kind == ERROR) {
            return onError(payload);
        }
        return switch (state) {
            case GREETING -> onGreeting(payload);
            case ASKED -> onAnswer(kind, sequence, payload, out);
            case KEY -> kind == MORE_DATA ? onKey(sequence, payload, out) : SkipReason.MALFORMED;
            case GREETED, DONE -> SkipReason.MALFORMED;
        };
    }

    private SkipReason onError(byte[] payload) {
        Fields in = new Fields(payload);
        in.u8();
        counts.error(in.u16());
        return state == State.GREETING ? SkipReason.TARGET_ERROR : SkipReason.LOGIN_DENIED;
    }

    private SkipReason onGreeting(byte[] payload) {
        greeting = Greeting.parse(payload);
        if (greeting == null || !Capabilities.has(greeting.capabilities(), Capabilities.PROTOCOL_41)) {
            return greeting == null ? SkipReason.MALFORMED : SkipReason.OLD_PROTOCOL;
        }
        state = State.GREETED;
        return null;
    }

    private SkipReason onAnswer(int kind, int sequence, byte[] payload, AdapterOutput out) {
        return switch (kind) {
            case OK -> {
                state = State.DONE;
                secret = null;
                counts.count(MySqlEvent.LOGINS);
                yield null;
            }
            case SWITCH -> onSwitch(sequence, payload, out);
            case MORE_DATA -> onMoreData(sequence, payload, out);
            default -> SkipReason.MALFORMED;
        };
    }

    private SkipReason onSwitch(int sequence, byte[] payload, AdapterOutput out) {
        Fields in = new Fields(payload);
        in.u8();
        if (in.remaining() == 0) {
            return SkipReason.OLD_PROTOCOL;
        }
        AuthPlugin asked = AuthPlugin.of(in.text());
        byte[] fresh = in.rest();
        if (in.isBroken()) {
            return SkipReason.MALFORMED;
        }
        int length = greeting.scramble().length;
        if (fresh.length >= length) {
            scramble = Arrays.copyOf(fresh, length);
        }
        plugin = asked;
        byte[] token = secret.token(plugin, scramble);
        if (plugin == AuthPlugin.OTHER || token == null) {
            return SkipReason.UNKNOWN_PLUGIN;
        }
        PacketBuilder.packet(out, sequence + 1, token);
        return null;
    }

    private SkipReason onMoreData(int sequence, byte[] payload, AdapterOutput out) {
        int what = payload.length == 2 ? payload[1] : 0;
        if (plugin != AuthPlugin.CACHING_SHA2 || what != FAST_OK && what != FULL_NEEDED) {
            return SkipReason.MALFORMED;
        }
        if (what == FULL_NEEDED) {
            if (!secret.isPasswordKnown()) {
                return SkipReason.NO_PASSWORD;
            }
            counts.count(MySqlEvent.FULL_LOGINS);
            PacketBuilder.packet(out, sequence + 1, ASK_FOR_KEY);
            state = State.KEY;
        }
        return null;
    }

    private SkipReason onKey(int sequence, byte[] payload, AdapterOutput out) {
        byte[] encrypted = secret.encrypted(scramble, Arrays.copyOfRange(payload, 1, payload.length));
        if (encrypted == null) {
            return SkipReason.MALFORMED;
        }
        PacketBuilder.packet(out, sequence + 1, encrypted);
        state = State.ASKED;
        return null;
    }
}
