// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import drcopy.wire.FlowKey;
import java.util.ArrayList;
import java.util.List;

/**
 * What one model client really said to online, and what the capture saw of it. Offsets are in client space from the ISN: 1 is
 * the first byte; {@code ack} of a {@link Captured} segment counts from online's ISN.
 */
final class Conversation {
    /**
     * One request.
     *
     * @param start offset of its first byte
     * @param end offset behind its last
     * @param answersSeen the client had seen the answer to the request before this number, and to all before that
     * @param answer bytes of online's answer
     */
    record Request(int start, int end, int answersSeen, int answer) {}

    /** One captured segment; {@code seq} and {@code ack} are relative. */
    record Captured(long timeNs, int flags, int seq, int length, int ack, int window, int tsVal) {
        Captured at(long otherNs) {
            return new Captured(otherNs, flags, seq, length, ack, window, tsVal);
        }
    }

    /** How the conversation ends. */
    enum End {
        /** The client closes when it has seen everything. */
        CLIENT_FIN,
        /** Online closes after its last answer, then the client. */
        ONLINE_FIN,
        /** The client shuts its sending side down right behind its last request. */
        HALF_CLOSE,
        /** The client resets when it has seen everything. */
        CLIENT_RST
    }

    final int index;
    final FlowKey key;
    final int iss;
    final int onlineIrs;
    final End end;
    /** Options of the client's SYN in {@link drcopy.copier.session.script.OptionText}'s notation. */
    final String synOptions;

    final boolean usesTimestamps;
    /** Bytes that online says before it was asked. */
    final int greeting;

    final List<Request> requests = new ArrayList<>();
    List<Captured> captured = new ArrayList<>();

    Conversation(int index, FlowKey key, int iss, int onlineIrs, End end, String synOptions, int greeting) {
        this.index = index;
        this.key = key;
        this.iss = iss;
        this.onlineIrs = onlineIrs;
        this.end = end;
        this.synOptions = synOptions;
        this.usesTimestamps = synOptions.contains("TS");
        this.greeting = greeting;
    }

    /** The request that begins at this offset, or -1. */
    int requestAt(int offset) {
        for (int i = 0; i < requests.size(); i++) {
            if (requests.get(i).start == offset) {
                return i;
            }
        }
        return -1;
    }

    /** Offset behind the last byte. */
    int streamEnd() {
        return requests.isEmpty() ? 1 : requests.get(requests.size() - 1).end;
    }

    long endNs() {
        return captured.stream().mapToLong(Captured::timeNs).max().orElse(0);
    }

    @Override
    public String toString() {
        return "conversation " + index + " " + key + " " + end + " " + requests.size() + " requests";
    }
}
