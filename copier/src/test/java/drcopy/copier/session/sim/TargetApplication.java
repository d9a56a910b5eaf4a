// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import static drcopy.copier.session.sim.SimFailure.check;

import drcopy.copier.session.script.Payload;
import drcopy.copier.session.sim.Conversation.End;
import drcopy.copier.session.sim.Conversation.Request;
import drcopy.copier.session.sim.Weather.Answers;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * The service on one connection of the model target. It knows what the client really said, checks that it gets exactly that,
 * from a request's beginning, in order of cause, and answers each request when it is whole.
 */
final class TargetApplication {
    private final SimClock clock;
    private final Conversation said;
    private final Weather weather;
    private final Random r;
    private final Outcome outcome;
    private final TargetConnection connection;
    private final int firstRequest;
    /** Offset in client space of the next byte expected. */
    private int offset;

    /** Requests taken whole. */
    private int taken;
    /** Requests whose first byte came. */
    private int begun;
    /** Requests whose answer was handed to TCP. */
    private int answered;

    private long busyUntilNs;
    private boolean isFinReceived;
    private boolean isClosed;

    /** @param start offset in client space of the connection's first byte */
    TargetApplication(
            SimClock clock,
            Conversation said,
            int start,
            Weather weather,
            Random r,
            Outcome outcome,
            TargetConnection c) {
        this.clock = clock;
        this.said = said;
        this.weather = weather;
        this.r = r;
        this.outcome = outcome;
        this.connection = c;
        int first = said.requestAt(start);
        check(start == 1 || first >= 0, said + ": a connection begins at " + start + ", where no request begins");
        firstRequest = Math.max(first, 0);
        taken = firstRequest;
        begun = firstRequest;
        answered = firstRequest;
        offset = start;
    }

    void onEstablished() {
        if (said.greeting > 0) {
            connection.say(size(said.greeting));
        }
        closeWhenDone();
    }

    /** The next bytes in sequence. */
    void onBytes(ByteBuffer bytes, int index, int length) {
        int mismatch = Payload.mismatch(bytes, index, said.index, offset, length);
        check(mismatch < 0, said + ": byte " + (offset + mismatch) + " is not what the client sent");
        check(offset + length <= said.streamEnd(), said + ": bytes that the client never sent");
        offset += length;
        while (begun < said.requests.size() && offset > said.requests.get(begun).start()) {
            checkCause(begun);
            begun++;
        }
        while (taken < said.requests.size()
                && offset >= said.requests.get(taken).end()) {
            outcome.took(said, connection.instance(), taken);
            taken++;
            serve(said.requests.get(taken - 1));
        }
    }

    /**
     * No request may come before the target answered what the client had seen answered before it sent it. Not asked where the
     * rule itself is a guess: a pause between the answers to pipelined requests looks like their end, and
     * all counts behind it are off.
     */
    private void checkCause(int index) {
        Request request = said.requests.get(index);
        boolean isExempt = weather.answers() == Answers.LONGER
                || outcome.wereHoldsExpired()
                || !isOrderly(index)
                || request.answersSeen() <= firstRequest
                || firstRequest > 0 && said.greeting > 0; // a second greeting looks like an answer
        check(
                isExempt || answered >= request.answersSeen(),
                said + ": request " + index + " came when " + answered + " were answered; the client had seen "
                        + request.answersSeen() + " of " + said.requests.subList(0, index + 1));
    }

    /** The client sent this and every request before it when it had seen all answers. */
    private boolean isOrderly(int index) {
        for (int i = 0; i <= index; i++) {
            if (said.requests.get(i).answersSeen() != i) {
                return false;
            }
        }
        return true;
    }

    private void serve(Request request) {
        long workNs = 1_000L + r.nextInt(r.nextInt(10) == 0 ? 80_000_000 : 2_000_000);
        busyUntilNs = Math.max(busyUntilNs, clock.nowNs()) + workNs;
        clock.at(busyUntilNs, () -> {
            answered++;
            if (request.answer() > 0) {
                connection.say(size(request.answer()));
            }
            closeWhenDone();
        });
    }

    private int size(int online) {
        return switch (weather.answers()) {
            case SAME -> online;
            case SHORTER -> Math.max(1, online - r.nextInt(1 + online / 2));
            case LONGER -> online + r.nextInt(1 + online / 2);
        };
    }

    void onFin() {
        int fin = said.streamEnd();
        check(offset == fin, said + ": FIN at " + offset + ", the client's is at " + fin);
        check(said.end != End.CLIENT_RST, said + ": FIN where the client sent RST");
        isFinReceived = true;
        closeWhenDone();
    }

    private void closeWhenDone() {
        boolean isDone = answered == taken && (isFinReceived || isClosingFirst() && taken == said.requests.size());
        if (isDone && !isClosed) {
            isClosed = true;
            connection.close();
        }
    }

    private boolean isClosingFirst() {
        return said.end == End.ONLINE_FIN && connection.isEstablished();
    }
}
