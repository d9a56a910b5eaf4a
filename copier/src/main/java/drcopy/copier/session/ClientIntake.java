// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.wire.IpPacket;
import drcopy.wire.Seq;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;
import java.nio.ByteBuffer;

/**
 * Takes captured segments in: finds or makes their session, sorts out what brings nothing new, and hands the rest to the
 * session's {@link ClientStream}. Owned by the shard thread.
 */
final class ClientIntake {
    /** Bytes: more than windows in use allow, less than what a stream moves by in one round through the sequence space. */
    private static final int MOST_AWAY = 1 << 27;

    private final EngineConfig config;
    private final Books books;
    private final SegmentPool pool;
    private final ReplicaSender sender;
    private final Lifecycle lifecycle;
    private final ClientStream stream;
    private final Player player;
    private final JoinMemory memory;

    /** Verdict of {@link #memory} on the segment at hand: asked once, however many instances there are. */
    private boolean isJudged;

    private boolean isRequest;
    /** Who plays the segment at hand. */
    private InstanceSet instances;

    ClientIntake(
            EngineConfig config,
            Books books,
            SegmentPool pool,
            ReplicaSender sender,
            Lifecycle lifecycle,
            ClientStream stream,
            Player player) {
        this.config = config;
        this.books = books;
        this.pool = pool;
        this.sender = sender;
        this.lifecycle = lifecycle;
        this.stream = stream;
        this.player = player;
        this.memory = new JoinMemory(config.joinIdleNs());
    }

    /** A captured segment is about to be taken in for each of these instances. */
    void begin(InstanceSet playing) {
        instances = playing;
        isJudged = false;
    }

    /** True for a SYN of another connection than the one that these instances play. */
    boolean beginsAnother(SegmentView view, InstanceSet playing) {
        int flags = TcpHeader.flags(view.packet.buffer(), view.packet.tcpOffset());
        if ((flags & (TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST | TcpFlags.FIN)) != TcpFlags.SYN) {
            return false;
        }
        for (int instanceId : playing.ids) {
            Session session = lifecycle.sessions().find(view.key, instanceId);
            if (session != null && isOf(view, session)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOf(SegmentView syn, Session session) {
        return session.iss == TcpHeader.seq(syn.packet.buffer(), syn.packet.tcpOffset());
    }

    /** Takes the segment in for one instance; the books have it at hand. */
    void take(SegmentView view, Session session, int instanceId, long nowNs) {
        IpPacket packet = view.packet;
        int flags = TcpHeader.flags(packet.buffer(), packet.tcpOffset());
        if (TcpFlags.any(flags, TcpFlags.SYN)) {
            onSyn(view, session, instanceId, nowNs);
        } else if (session == null) {
            onStranger(view, flags, instanceId, nowNs);
        } else if (!TcpFlags.any(flags, TcpFlags.ACK | TcpFlags.RST)) {
            books.drop(DropReason.MALFORMED); // RFC 9293 3.10.7.4: every segment but SYN and RST has ACK
        } else if (session.mayBeMultipath && TcpOptions.isMultipath(packet.buffer(), packet.tcpOffset())) {
            leaveOut(session, nowNs);
        } else {
            onKnown(view, session, flags, nowNs);
        }
    }

    /** The connections of what was captured are over, and the next to come have nothing to do with them. */
    void forgetAll() {
        memory.forgetAll();
    }

    /** The clock that the client's silence is measured by. */
    private static long clientNs(SegmentView view, long nowNs) {
        return view.capturedNs == SegmentView.NOW ? nowNs : view.capturedNs;
    }

    private void onSyn(SegmentView view, Session old, int instanceId, long nowNs) {
        ByteBuffer b = view.packet.buffer();
        int tcp = view.packet.tcpOffset();
        if (TcpFlags.any(TcpHeader.flags(b, tcp), TcpFlags.ACK | TcpFlags.RST | TcpFlags.FIN)) {
            books.drop(DropReason.MALFORMED);
            return;
        }
        if (old != null && isOf(view, old)) {
            books.drop(DropReason.DUPLICATE);
            return;
        }
        if (old != null) {
            replace(old, nowNs);
        }
        if (isLeftOut(view)) {
            if (view.isSampled) {
                books.count(CopierCounter.SESSIONS_SHED);
            }
            return;
        }
        if (isFull()) {
            return;
        }
        memory.forget(view.key.stableHash());
        Session session = new Session(instances, instanceId, view);
        session.lastSeenNs = clientNs(view, nowNs);
        session.seenNs = session.lastSeenNs;
        learnSyn(session, view.packet);
        lifecycle.admit(session, nowNs);
        if (TcpOptions.joinsMultipath(b, tcp)) {
            leaveOut(session, nowNs);
            return;
        }
        books.count(CopierCounter.SESSIONS_OPENED);
        openWithSyn(session, view.packet, nowNs);
    }

    /**
     * Online speaks Multipath TCP with this client: data may come twice, under other numbers or on another subflow, and only the
     * mappings in the options tell the order (RFC 8684 section 3.3). Nothing of it is played.
     */
    private void leaveOut(Session session, long nowNs) {
        books.drop(DropReason.MPTCP);
        books.count(CopierCounter.SESSIONS_MPTCP);
        session.mayBeMultipath = false;
        lifecycle.skip(session, DropReason.MPTCP, nowNs);
    }

    /** Another connection has the session's key from now on. */
    void replace(Session old, long nowNs) {
        stream.replace(old, nowNs);
        if (old.replica != null) {
            player.play(old.replica, nowNs);
        }
    }

    private void openWithSyn(Session session, IpPacket packet, long nowNs) {
        boolean hasPayload = packet.payloadLength() > 0;
        Segment syn = pool.allocateControl();
        syn.flags = hasPayload ? 0 : Segment.BOOKED;
        books.hold(session, syn);
        lifecycle.open(session, syn, nowNs);
        if (hasPayload && session.replica != null) {
            // RFC 7413: the data of a SYN begins behind it. It is sent when the connection stands.
            stream.onData(session, packet, session.iss + 1, nowNs);
        } else if (hasPayload) {
            books.drop(DropReason.NO_PORT);
        }
    }

    private boolean isLeftOut(SegmentView view) {
        if (view.isSampled && !view.isShed) {
            return false;
        }
        books.drop(view.isSampled ? DropReason.SHED : DropReason.NOT_SAMPLED);
        return true;
    }

    private boolean isFull() {
        if (lifecycle.sessions().size() >= config.maxSessions()) {
            books.drop(DropReason.SESSIONS_LIMIT);
            return true;
        }
        if (pool.isNearlyFull()) {
            books.drop(DropReason.MEMORY_LIMIT);
            return true;
        }
        return false;
    }

    private void learnSyn(Session session, IpPacket packet) {
        ByteBuffer b = packet.buffer();
        int tcp = packet.tcpOffset();
        session.iss = TcpHeader.seq(b, tcp);
        session.clientNxt = session.iss + 1;
        session.synWindow = TcpHeader.window(b, tcp);
        session.clientShift = Math.max(Session.NO_SHIFT, TcpOptions.windowShift(b, tcp));
        session.offersSack = TcpOptions.isSackPermitted(b, tcp);
        session.mayBeMultipath = TcpOptions.isMultipath(b, tcp);
        session.offersTimestamps = TcpOptions.timestamps(b, tcp) >= 0;
        session.synOptions = SynOptions.copy(b, tcp, sender.mtuMss(session.target.hi(), session.target.lo()));
        learnPacket(session, packet);
    }

    private static void learnPacket(Session session, IpPacket packet) {
        session.trafficClass = PacketWriter.trafficClass(packet);
        session.flowLabel = packet.flowLabel();
        int at = TcpOptions.timestamps(packet.buffer(), packet.tcpOffset());
        if (at >= 0) {
            session.tsVal = packet.buffer().getInt(at + 2);
        }
    }

    /** A segment of a connection that has no session: the place to join one, or nothing. */
    private void onStranger(SegmentView view, int flags, int instanceId, long nowNs) {
        judge(view, flags, nowNs);
        if (isLeftOut(view)) {
            return;
        }
        IpPacket packet = view.packet;
        boolean isMultipath = packet.payloadLength() > 0 && TcpOptions.isMultipath(packet.buffer(), packet.tcpOffset());
        if (!isMultipath && (!isRequest || config.onlySyn())) {
            books.drop(DropReason.NO_SESSION);
            return;
        }
        if (isFull()) {
            return;
        }
        int seq = TcpHeader.seq(packet.buffer(), packet.tcpOffset());
        int ack = TcpHeader.ack(packet.buffer(), packet.tcpOffset());
        Session session = new Session(instances, instanceId, view);
        session.lastSeenNs = clientNs(view, nowNs);
        session.seenNs = session.lastSeenNs;
        session.iss = seq - 1;
        session.clientNxt = seq;
        learnPacket(session, packet);
        session.observe(ack, TcpHeader.window(packet.buffer(), packet.tcpOffset()), true);
        lifecycle.admit(session, nowNs);
        if (isMultipath) {
            session.clientNxt += packet.payloadLength();
            leaveOut(session, nowNs);
            return;
        }
        books.count(CopierCounter.SESSIONS_JOINED);
        stream.onData(session, packet, seq, nowNs);
    }

    /** Notes, once, what a segment without session tells of its connection. */
    private void judge(SegmentView view, int flags, long nowNs) {
        if (isJudged) {
            return;
        }
        isJudged = true;
        long hash = view.key.stableHash();
        if (TcpFlags.any(flags, TcpFlags.RST | TcpFlags.SYN) || !TcpFlags.any(flags, TcpFlags.ACK)) {
            isRequest = false;
            memory.forget(hash);
            return;
        }
        ByteBuffer b = view.packet.buffer();
        int tcp = view.packet.tcpOffset();
        int seq = TcpHeader.seq(b, tcp);
        int length = view.packet.payloadLength();
        boolean mayBegin = length > 0 && memory.mayBegin(hash, seq, b, view.packet.payloadOffset(), length);
        isRequest = memory.observe(hash, seq, length, TcpHeader.ack(b, tcp), flags, clientNs(view, nowNs)) && mayBegin;
    }

    /** The segment at hand is for nobody: it is noted, so that its connection can be joined later. */
    void overhear(SegmentView view, long nowNs) {
        judge(view, TcpHeader.flags(view.packet.buffer(), view.packet.tcpOffset()), nowNs);
        books.drop(DropReason.NO_SESSION);
    }

    private void onKnown(SegmentView view, Session session, int flags, long nowNs) {
        IpPacket packet = view.packet;
        ByteBuffer b = packet.buffer();
        int seq = TcpHeader.seq(b, packet.tcpOffset());
        int length = packet.payloadLength();
        boolean isReset = TcpFlags.any(flags, TcpFlags.RST);
        if (isFar(session, seq) && !stream.isMoved(session, seq, length, nowNs)) {
            books.drop(DropReason.NO_SESSION);
            return;
        }
        session.seenNs = clientNs(view, nowNs);
        learn(session, packet, flags, seq + length);
        if (session.isStreamOver) {
            onOver(session, seq, length, flags);
        } else if (isReset) {
            stream.onReset(session, packet, seq, nowNs);
        } else if (length == 0 && !TcpFlags.any(flags, TcpFlags.FIN) || isKeepAlive(session, seq, length, flags)) {
            session.pureAckSeq = seq;
            session.pureAck = TcpHeader.ack(b, packet.tcpOffset());
            books.drop(DropReason.PURE_ACK);
        } else {
            stream.onData(session, packet, seq, nowNs);
        }
        session.lastClientNs = nowNs;
        session.lastSeenNs = session.seenNs;
        if (session.replica != null) {
            player.play(session.replica, nowNs);
        }
        if (session.replica != null) {
            tellWindow(session.replica);
        }
    }

    private static void learn(Session session, IpPacket packet, int flags, int end) {
        if (!TcpFlags.any(flags, TcpFlags.RST)) {
            ByteBuffer b = packet.buffer();
            int tcp = packet.tcpOffset();
            boolean isNewest = Seq.greaterOrEqual(end, session.clientNxt - 1);
            session.isGreetingKnown |= !session.isRequestAckKnown && packet.payloadLength() == 0;
            session.observe(TcpHeader.ack(b, tcp), TcpHeader.window(b, tcp), isNewest);
            learnPacket(session, packet);
        }
    }

    /** Too far from the stream for any hole or repetition: of another connection, or nonsense. */
    private static boolean isFar(Session session, int seq) {
        return Math.abs((long) Seq.distance(session.clientNxt, seq)) > MOST_AWAY;
    }

    /** RFC 9293 3.8.4: one byte or none, just below what comes next. */
    private static boolean isKeepAlive(Session session, int seq, int length, int flags) {
        return length <= 1 && seq == session.clientNxt - 1 && !TcpFlags.any(flags, TcpFlags.FIN);
    }

    private void onOver(Session session, int seq, int length, int flags) {
        boolean hasFin = TcpFlags.any(flags, TcpFlags.FIN);
        if (TcpFlags.any(flags, TcpFlags.RST)) {
            stream.onLateReset(session);
        } else if (length == 0 && !hasFin) {
            books.drop(DropReason.PURE_ACK);
        } else if (Seq.lessThan(seq, session.clientNxt)) {
            books.drop(DropReason.DUPLICATE);
        } else {
            books.drop(DropReason.SESSION_CLOSED);
        }
    }

    /** The client's window has opened: the target may be waiting for that. */
    private void tellWindow(Replica replica) {
        if (!replica.state().isSynchronized()) {
            return;
        }
        int enough = 2 * replica.mss;
        int told = Seq.distance(replica.rcvNxt, replica.rcvAdv);
        int now = ReplicaSender.windowBytes(replica, ReplicaSender.windowField(replica));
        if (told < enough && now >= enough || told <= 0 && now > 0) {
            sender.sendAck(replica);
        }
    }
}
