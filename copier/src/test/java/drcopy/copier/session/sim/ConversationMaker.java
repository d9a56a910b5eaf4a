// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import drcopy.copier.session.sim.Conversation.Captured;
import drcopy.copier.session.sim.Conversation.End;
import drcopy.copier.session.sim.Conversation.Request;
import drcopy.wire.FlowKey;
import drcopy.wire.TcpFlags;
import java.util.Random;

/** Makes up a client's conversation with online: handshake, requests and answers, close, as the online host's network sees it. */
final class ConversationMaker {
    private static final long MS = 1_000_000;
    private static final String[] OPTIONS = {
        "mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7",
        "mss 1460,nop,wscale 8,nop,nop,sackOK",
        "mss 1400",
        "mss 8960,sackOK,TS val 1000 ecr 0,nop,wscale 9",
        "mss 536,nop,wscale 0",
    };

    private final Random r;
    private final Conversation c;
    private final int mss;
    /** Bytes that one captured segment may have: more than the MSS on hosts with GRO. */
    private final int largest;

    private final long rttNs;
    private long nowNs;
    /** Next client offset; the SYN is 0. */
    private int seq;
    /** Next online offset: what the client acknowledges. */
    private int ack;

    private int answersSeen;

    private ConversationMaker(Random r, Conversation c, long startNs) {
        this.r = r;
        this.c = c;
        mss = c.synOptions.contains("8960") ? 8948 : c.synOptions.contains("536") ? 536 : 1388;
        largest = r.nextInt(3) == 0 ? Math.min(64_000, mss * (1 + r.nextInt(44))) : mss;
        rttNs = (r.nextInt(4) == 0 ? 30L : 1L) * MS * (1 + r.nextInt(3)) / 2;
        nowNs = startNs;
    }

    static Conversation make(Random r, int index, int iss, FlowKey key, long startNs) {
        End end = End.values()[r.nextInt(End.values().length)];
        int greeting = r.nextInt(4) == 0 ? 1 + r.nextInt(200) : 0;
        String options = OPTIONS[r.nextInt(OPTIONS.length)];
        Conversation c = new Conversation(index, key, iss, r.nextInt(), end, options, greeting);
        new ConversationMaker(r, c, startNs).run();
        return c;
    }

    private void run() {
        emit(TcpFlags.SYN, 0, 0);
        seq = 1;
        ack = 1;
        nowNs += rttNs;
        if (r.nextInt(8) != 0 || c.greeting > 0) {
            emit(TcpFlags.ACK, seq, 0);
        }
        if (c.greeting > 0) {
            answer(c.greeting);
        }
        int exchanges = r.nextInt(5) == 0 ? 0 : 1 + r.nextInt(r.nextInt(3) == 0 ? 30 : 5);
        for (int i = 0; i < exchanges; i++) {
            exchange(i == exchanges - 1);
        }
        close();
    }

    private void exchange(boolean isLast) {
        int pipelined = r.nextInt(6) == 0 ? 1 + r.nextInt(4) : 1;
        int first = c.requests.size();
        for (int i = 0; i < pipelined; i++) {
            request(c.end == End.HALF_CLOSE && isLast && i == pipelined - 1);
        }
        nowNs += rttNs + r.nextInt(5) * MS / 4;
        for (int i = first; i < c.requests.size(); i++) {
            if (c.requests.get(i).answer() > 0) {
                answer(c.requests.get(i).answer());
                answersSeen = i + 1;
            }
        }
        nowNs += switch (r.nextInt(8)) {
            case 0 -> 700 * MS + r.nextInt(4000) * MS;
            case 1, 2 -> r.nextInt(20) * MS;
            default -> r.nextInt(200_000);
        };
    }

    private void request(boolean withFin) {
        int size = r.nextInt(12) == 0 ? 1 + r.nextInt(90_000) : 1 + r.nextInt(r.nextInt(3) == 0 ? 5_000 : 600);
        int answer = r.nextInt(20) == 0 ? 0 : 1 + r.nextInt(r.nextInt(8) == 0 ? 60_000 : 2_000);
        int start = seq;
        c.requests.add(new Request(start, start + size, answersSeen, answer));
        while (seq < start + size) {
            int length = Math.min(largest, start + size - seq);
            boolean isEnd = seq + length == start + size;
            int fin = isEnd && withFin && r.nextBoolean() ? TcpFlags.FIN : 0;
            emit(TcpFlags.ACK | fin | (isEnd ? TcpFlags.PSH : 0), seq, length);
            seq += length;
            nowNs += r.nextInt(60_000);
            if (fin != 0) {
                seq++;
                return;
            }
        }
        if (withFin) {
            emit(TcpFlags.ACK | TcpFlags.FIN, seq++, 0);
        }
    }

    /** Online's answer arrives, in a few parts, some of which the client acknowledges on their own. */
    private void answer(int bytes) {
        int from = ack;
        while (ack < from + bytes) {
            ack = Math.min(from + bytes, ack + 1 + r.nextInt(30_000));
            if (r.nextInt(3) == 0) {
                emit(TcpFlags.ACK, seq, 0);
            }
            nowNs += r.nextInt(30_000);
        }
    }

    private void close() {
        nowNs += r.nextInt(20) * MS;
        switch (c.end) {
            case CLIENT_FIN -> {
                emit(TcpFlags.ACK | TcpFlags.FIN, seq++, 0);
                nowNs += rttNs;
                ack++;
                emit(TcpFlags.ACK, seq, 0);
            }
            case ONLINE_FIN -> {
                ack++;
                if (r.nextBoolean()) {
                    emit(TcpFlags.ACK, seq, 0);
                    nowNs += r.nextInt(300) * MS;
                }
                emit(TcpFlags.ACK | TcpFlags.FIN, seq++, 0);
            }
            case HALF_CLOSE -> {
                if (seq == c.streamEnd()) {
                    emit(TcpFlags.ACK | TcpFlags.FIN, seq++, 0); // there was no request to put it behind
                }
                ack++;
                emit(TcpFlags.ACK, seq, 0);
            }
            case CLIENT_RST -> emit(r.nextBoolean() ? TcpFlags.RST | TcpFlags.ACK : TcpFlags.RST, seq, 0);
        }
    }

    private void emit(int flags, int at, int length) {
        boolean hasAck = (flags & TcpFlags.ACK) != 0;
        int tsVal = (int) (1000 + nowNs / MS);
        c.captured.add(new Captured(nowNs, flags, at, length, hasAck ? ack : 0, 60_000, tsVal));
        nowNs += 1 + r.nextInt(10_000);
    }
}
