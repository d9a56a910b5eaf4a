// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Distribution;
import drcopy.wire.Addresses;
import drcopy.wire.Seq;
import drcopy.wire.TcpFlags;

/** Makes a replica's segments and keeps SND.NXT, the congestion window and the retransmission timer in step with them. */
final class ReplicaSender {
    private static final int TIMESTAMPS_LENGTH = 12;
    /** Of 16 shards at most. */
    private static final int IDS_PER_SHARD = 4_096;
    /** Flags of a captured data segment that are kept. */
    private static final int KEPT_FLAGS = TcpFlags.PSH | TcpFlags.URG;

    private final EngineConfig config;
    private final Books books;
    private final PacketWriter packet;

    ReplicaSender(EngineConfig config, Books books, SegmentSink out) {
        this.config = config;
        this.books = books;
        this.packet = new PacketWriter(out, config.shard() * IDS_PER_SHARD);
    }

    /** Largest payload without options that the MTU leaves toward this address. */
    int mtuMss(long hi, long lo) {
        return config.mtu() - (Addresses.isIpv4(hi, lo) ? 40 : 60);
    }

    /** Payload of a full segment, given what the target announced and what is known of the way there. */
    int effectiveMss(Replica replica, int announced, long nowNs) {
        int most = Math.min(replica.key.isIpv4() ? config.mtu() : config.mtu6(), replica.gate.path.most(nowNs));
        int options = replica.usesTimestamps ? TIMESTAMPS_LENGTH : 0;
        return Math.max(1, Math.min(announced - options, most - headerLength(replica)));
    }

    /** Bytes of a segment's headers, IP's and TCP's with its options. */
    static int headerLength(Replica replica) {
        return (replica.key.isIpv4() ? 40 : 60) + (replica.usesTimestamps ? TIMESTAMPS_LENGTH : 0);
    }

    /** Payload of what {@link #sendFirst} would send. */
    int nextRepeated(Replica replica) {
        Segment segment = replica.cursor;
        if (segment == null || segment.isReset()) {
            return 0;
        }
        int offset = Seq.distance(segment.seq, replica.sndNxt);
        int sent = Seq.distance(replica.sndNxt, replica.sndMax);
        return Math.min(sent, Math.min(segment.length - offset, replica.mss));
    }

    /** Sends the SYN, for the first time or again. */
    void sendSyn(Replica replica, long nowNs) {
        Session session = replica.session;
        if (replica.state() == TcpState.CLOSED) {
            replica.transitionTo(TcpState.SYN_SENT);
            replica.firstSynNs = nowNs;
            replica.lastHeardNs = nowNs;
            replica.lastTsVal = session.tsVal;
        } else {
            replica.isSynRepeated = true;
        }
        if (replica.isSynRepeated) {
            books.count(CopierCounter.RETRANSMITS);
        }
        SynOptions.timestamp(session.synOptions, replica.lastTsVal);
        packet.flags = TcpFlags.SYN;
        packet.seq = replica.iss;
        packet.ack = 0;
        packet.window = session.synWindow;
        packet.trafficClass = session.trafficClass;
        packet.options = session.synOptions;
        replica.sndUna = replica.iss;
        replica.sndNxt = replica.iss + 1;
        replica.sndMax = replica.sndNxt;
        replica.synSentNs = nowNs;
        replica.rtoAtNs = nowNs + replica.rto.synRtoNs();
        emit(replica);
    }

    /** A bare ACK, behind everything sent so that the target finds it acceptable. */
    void sendAck(Replica replica) {
        prepare(replica, TcpFlags.ACK, replica.sndMax);
        emit(replica);
    }

    /** A keep-alive probe, RFC 9293 3.8.4: old for the target, so it answers where it stands. */
    void probeAlive(Replica replica) {
        prepare(replica, TcpFlags.ACK, replica.sndUna - 1);
        emit(replica);
    }

    /** A RST of a synchronized connection. */
    void sendReset(Replica replica) {
        prepare(replica, TcpFlags.RST | TcpFlags.ACK, replica.sndMax);
        emit(replica);
    }

    /** A RST that answers a segment of a connection we do not know: RFC 9293 3.10.7.1 and 3.10.7.3. */
    void sendResetFor(Replica replica, TargetResponse response) {
        boolean hasAck = TcpFlags.any(response.flags(), TcpFlags.ACK);
        if (hasAck) {
            sendResetAt(replica, response.ack());
        } else {
            sendReset(replica, TcpFlags.RST | TcpFlags.ACK, 0, response.seq() + response.payloadLength() + 1);
        }
    }

    /** A RST of a connection that expects this number next. */
    void sendResetAt(Replica replica, int seq) {
        sendReset(replica, TcpFlags.RST, seq, 0);
    }

    private void sendReset(Replica replica, int flags, int seq, int ack) {
        packet.flags = flags;
        packet.seq = seq;
        packet.ack = ack;
        packet.window = 0;
        packet.trafficClass = replica.session.trafficClass;
        packet.hasTimestamps = false;
        emit(replica);
    }

    /**
     * Sends the next piece of the segment under the cursor if the windows let it.
     *
     * @return false when nothing could be sent
     */
    boolean sendNext(Replica replica, long nowNs) {
        Segment segment = replica.cursor;
        int offset = Seq.distance(segment.seq, replica.sndNxt);
        int length = Math.min(segment.length - offset, replica.mss);
        if (length > 0) {
            length = fit(replica, length);
            if (length <= 0) {
                return false;
            }
        }
        int end = sendPiece(replica, segment, offset, length);
        if (Seq.greaterThan(end, replica.sndMax)) {
            replica.sndMax = end;
            replica.rto.sent(end, nowNs);
            books.record(Distribution.Kind.REPLAY_LAG, nowNs - segment.capturedNs);
        } else {
            noteRetransmission(replica);
        }
        advance(replica, segment, end);
        return true;
    }

    /** After a timeout: one piece from SND.NXT, whatever the windows say. */
    void sendFirst(Replica replica) {
        Segment segment = replica.cursor;
        if (segment == null || segment.isReset()) {
            return;
        }
        int offset = Seq.distance(segment.seq, replica.sndNxt);
        int length = nextRepeated(replica);
        noteRetransmission(replica);
        advance(replica, segment, sendPiece(replica, segment, offset, length));
    }

    private void noteRetransmission(Replica replica) {
        books.count(CopierCounter.RETRANSMITS);
        replica.rto.retransmitted();
        replica.hasRetransmitted = true;
    }

    private static void advance(Replica replica, Segment segment, int end) {
        replica.sendFrom(end == segment.end() ? segment.next : segment, end);
        if (end != segment.end() || !segment.isFin() || replica.isFinSent) {
            return;
        }
        replica.isFinSent = true;
        replica.finSeq = end - 1;
        replica.transitionTo(replica.state() == TcpState.ESTABLISHED ? TcpState.FIN_WAIT_1 : TcpState.LAST_ACK);
    }

    /** How many of {@code length} bytes the windows take now; 0 when the piece has to wait. */
    private static int fit(Replica replica, int length) {
        int flight = replica.flight();
        if (flight > 0 && flight + length > replica.congestion.window()) {
            return 0;
        }
        int room = replica.sndWnd - flight;
        if (room >= length) {
            return length;
        }
        // RFC 9293 3.8.6.2.1: no silly pieces.
        return room > 0 && (flight == 0 || room >= replica.maxSndWnd / 2) ? room : 0;
    }

    /** Sends the first unacknowledged piece again; SND.NXT stays. */
    void resendFirst(Replica replica) {
        Segment segment = replica.session.queue.head();
        if (segment == null || segment.isReset() || replica.flight() == 0) {
            return;
        }
        int offset = Seq.distance(segment.seq, replica.sndUna);
        int sent = Seq.distance(replica.sndUna, replica.sndMax);
        int length = Math.min(sent, Math.min(segment.length - offset, replica.mss));
        noteRetransmission(replica);
        sendPiece(replica, segment, offset, length);
    }

    /** One byte into a closed window: RFC 9293 3.8.6.1. */
    void probe(Replica replica) {
        Segment segment = replica.cursor;
        books.count(CopierCounter.ZERO_WINDOW_PROBES);
        replica.rto.retransmitted();
        sendPiece(replica, segment, Seq.distance(segment.seq, replica.sndNxt), 1);
        replica.isProbed = true;
    }

    /** @return the sequence number behind the piece */
    private int sendPiece(Replica replica, Segment segment, int offset, int length) {
        boolean isLast = offset + length == segment.length;
        int kept = segment.flags & (isLast ? KEPT_FLAGS | TcpFlags.FIN : TcpFlags.URG);
        int seq = segment.seq + offset;
        if (length > replica.provenLength && !replica.isProving) {
            replica.isProving = true;
            replica.provingLength = length;
            replica.provingEnd = seq + length;
        }
        if (Seq.greaterOrEqual(seq, replica.sndMax) && Seq.greaterThan(segment.tsVal, replica.lastTsVal)) {
            replica.lastTsVal = segment.tsVal;
        }
        prepare(replica, kept | TcpFlags.ACK, seq);
        packet.trafficClass = segment.trafficClass;
        packet.payload = segment;
        packet.payloadOffset = segment.dataOffset + offset;
        packet.payloadLength = length;
        if ((kept & TcpFlags.URG) != 0) {
            urgent(segment.urgentPointer - offset);
        }
        books.add(CopierCounter.BYTES_SENT, length);
        emit(replica);
        return seq + length + (kept & TcpFlags.FIN);
    }

    private void urgent(int pointer) {
        if (pointer > 0) {
            packet.urgentPointer = Math.min(pointer, 0xffff);
        } else {
            packet.flags &= ~TcpFlags.URG;
        }
    }

    private void prepare(Replica replica, int flags, int seq) {
        int window = windowField(replica);
        packet.flags = flags;
        packet.seq = seq;
        packet.ack = replica.rcvNxt;
        packet.window = window;
        packet.trafficClass = replica.session.trafficClass;
        packet.hasTimestamps = replica.usesTimestamps;
        packet.tsVal = replica.lastTsVal;
        packet.tsEcr = replica.tsRecent;
        replica.lastWindowField = window;
        replica.rcvAdv = Seq.max(replica.rcvAdv, replica.rcvNxt + windowBytes(replica, window));
        replica.isAckOwed = false;
    }

    /** Bytes that a window field stands for. */
    static int windowBytes(Replica replica, int field) {
        return replica.usesScaling ? field << replica.session.clientShift : field;
    }

    /** The client's window as the target is told it. */
    static int windowField(Replica replica) {
        Session session = replica.session;
        if (session.clientShift == Session.UNKNOWN_SHIFT) {
            return 65_535;
        }
        int shift = Math.max(0, session.clientShift);
        if (session.windowField < 0) {
            return replica.usesScaling ? Math.max(1, session.synWindow >> shift) : session.synWindow;
        }
        return replica.usesScaling ? session.windowField : Math.min(65_535, session.windowField << shift);
    }

    private void emit(Replica replica) {
        books.count(CopierCounter.SEGMENTS_SENT);
        packet.write(replica);
    }
}
