// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import static drcopy.copier.session.sim.SimFailure.check;

import drcopy.copier.session.script.RouteBook;
import drcopy.copier.session.script.SentPacket;
import drcopy.wire.Seq;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpOptions;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * One connection of the model target: a receiver with a bounded buffer that keeps what comes out of order and acknowledges
 * as RFC 9293 says, and a sender that obeys the replica's window and repeats until it is acknowledged.
 */
final class TargetConnection {
    private static final int SYN_FIN_RST = TcpFlags.SYN | TcpFlags.FIN | TcpFlags.RST;
    private static final long DELAYED_ACK_NS = 40_000_000;

    private final SimClock clock;
    private final FakeTarget target;
    private final Random r;
    private final Weather weather;
    final TargetSender sender;
    TargetApplication application;

    private boolean isEstablished;
    private boolean isFinReceived;
    private boolean wasClosedHereFirst;
    private boolean isGone;
    private final RouteBook.Route route;
    private final int generation;
    private final int irs;
    private int rcvNxt;
    /** Highest right edge ever announced. */
    private int edge;

    private int bufferBytes;
    /** In sequence, not read by the application yet. */
    private int unreadBytes;

    private final TreeMap<Integer, SentPacket> ahead = new TreeMap<>();
    private boolean isAckDelayed;
    private final int shift;
    private final boolean usesTimestamps;
    private int tsRecent;

    TargetConnection(SimClock clock, FakeTarget target, SentPacket syn, Random r, Weather weather) {
        this.clock = clock;
        this.target = target;
        this.r = r;
        this.weather = weather;
        int tcp = syn.packet().tcpOffset();
        route = syn.route;
        generation = syn.generation;
        irs = syn.seq();
        rcvNxt = irs + 1;
        int peerShift = TcpOptions.windowShift(syn.packet().buffer(), tcp);
        shift = peerShift < 0 ? 0 : r.nextInt(9);
        int timestamps = TcpOptions.timestamps(syn.packet().buffer(), tcp);
        usesTimestamps = timestamps >= 0 && r.nextInt(4) != 0;
        tsRecent = timestamps < 0 ? 0 : syn.packet().buffer().getInt(timestamps + 2);
        bufferBytes = weather.smallWindows() ? 1_000 + r.nextInt(20_000) : 200_000;
        int peerMss = TcpOptions.mss(syn.packet().buffer(), tcp);
        sender = new TargetSender(clock, this, r, peerMss < 0 ? 536 : peerMss, Math.max(peerShift, 0), syn.window());
        sender.usesScaling = peerShift >= 0;
    }

    boolean isEstablished() {
        return isEstablished;
    }

    boolean isGone() {
        return isGone;
    }

    /** Instance ID of the replica. */
    int instance() {
        return route.instance;
    }

    int rcvNxt() {
        return rcvNxt;
    }

    boolean isFinReceived() {
        return isFinReceived;
    }

    int tsRecent() {
        return tsRecent;
    }

    boolean usesTimestamps() {
        return usesTimestamps;
    }

    int shift() {
        return shift;
    }

    /** The window to announce, in units of the shift; remembers its right edge. */
    int announceWindow(boolean onSyn) {
        int used = onSyn ? 0 : shift;
        int free = Math.max(0, bufferBytes - unreadBytes);
        int field = Math.min(65_535, free >>> used);
        int right = rcvNxt + (field << used);
        if (Seq.lessThan(right, edge)) { // a window never shrinks: RFC 9293 3.8.6 (SHLD-14)
            field = Math.min(65_535, edge - rcvNxt + (1 << used) - 1 >>> used);
            right = rcvNxt + (field << used);
        }
        edge = Seq.max(edge, right);
        return field;
    }

    void begin() {
        edge = rcvNxt;
        sender.sendSynAck();
    }

    void onPacket(SentPacket p) {
        int flags = p.flags();
        if ((flags & TcpFlags.SYN) != 0) {
            onSyn(p);
            return;
        }
        int end = p.seq() + p.payloadLength() + (flags & TcpFlags.FIN);
        checkWindow(p);
        boolean isAcceptable = Seq.greaterOrEqual(p.seq(), rcvNxt) && Seq.lessOrEqual(p.seq(), Seq.max(edge, rcvNxt))
                || Seq.greaterThan(end, rcvNxt) && Seq.lessOrEqual(p.seq(), rcvNxt);
        if ((flags & TcpFlags.RST) != 0) {
            onReset(p, isAcceptable);
            return;
        }
        if (!isAcceptable || (flags & TcpFlags.ACK) == 0) {
            sender.sendAck();
            return;
        }
        noteTimestamp(p);
        if (!sender.onAck(p)) {
            return;
        }
        if (!isEstablished && sender.isSynAcknowledged()) {
            isEstablished = true;
            application.onEstablished();
        }
        if (isEstablished && end != p.seq()) {
            onText(p);
        }
        sender.flush();
    }

    private void onSyn(SentPacket p) {
        if (!isEstablished && p.seq() == irs) {
            sender.sendSynAck();
        } else {
            sender.sendAck(); // challenge, RFC 5961 4
        }
    }

    private void onReset(SentPacket p, boolean isAcceptable) {
        if (p.seq() == rcvNxt) {
            vanish();
        } else if (isAcceptable) {
            sender.sendAck(); // challenge, RFC 5961 3
        }
    }

    /** The replica must stay inside what was announced, but for a probe of one byte. */
    private void checkWindow(SentPacket p) {
        int end = p.seq() + p.payloadLength();
        boolean isProbe = p.payloadLength() == 1;
        check(
                p.payloadLength() == 0 || Seq.lessOrEqual(end, edge) || isProbe && end == edge + 1,
                p.key + ": sent " + (end - edge) + " bytes beyond the target's window");
    }

    private void noteTimestamp(SentPacket p) {
        if (p.generation != generation) {
            return; // a late packet of the connection before on these addresses
        }
        int at = TcpOptions.timestamps(p.packet().buffer(), p.packet().tcpOffset());
        check((at >= 0) == usesTimestamps, p.key + ": timestamps on a segment: " + (at >= 0));
        if (at >= 0) {
            int tsVal = p.packet().buffer().getInt(at + 2);
            tsRecent = Seq.lessOrEqual(p.seq(), rcvNxt) ? Seq.max(tsRecent, tsVal) : tsRecent;
        }
    }

    private void onText(SentPacket p) {
        boolean isInOrder = Seq.lessOrEqual(p.seq(), rcvNxt);
        boolean isProbeOfFullBuffer = p.payloadLength() == 1 && Seq.lessOrEqual(edge, p.seq());
        if (isProbeOfFullBuffer && bufferBytes <= unreadBytes) {
            sender.sendAck();
            return;
        }
        if (isInOrder) {
            take(p);
            drainAhead();
        } else {
            ahead.putIfAbsent(p.seq() - irs, p);
        }
        if (!isInOrder || !ahead.isEmpty() || isFinReceived || r.nextInt(3) != 0) {
            sender.sendAck();
        } else if (!isAckDelayed) {
            isAckDelayed = true;
            clock.after(DELAYED_ACK_NS, this::delayedAck);
        }
    }

    private void delayedAck() {
        isAckDelayed = false;
        if (!isGone) {
            sender.sendAck();
        }
    }

    private void drainAhead() {
        while (!ahead.isEmpty() && ahead.firstKey() <= rcvNxt - irs) {
            Map.Entry<Integer, SentPacket> first = ahead.pollFirstEntry();
            take(first.getValue());
        }
    }

    private void take(SentPacket p) {
        int old = rcvNxt - p.seq();
        int fresh = p.payloadLength() - old;
        if (fresh > 0 && !isFinReceived) {
            rcvNxt += fresh;
            application.onBytes(p.packet().buffer(), p.packet().payloadOffset() + old, fresh);
            read(fresh);
        }
        if ((p.flags() & TcpFlags.FIN) != 0 && p.seq() + p.payloadLength() == rcvNxt && !isFinReceived) {
            isFinReceived = true;
            wasClosedHereFirst = sender.isFinSent();
            rcvNxt++;
            application.onFin();
        }
    }

    /** A slow application leaves bytes in the buffer for a while. */
    private void read(int bytes) {
        if (!weather.smallWindows()) {
            return;
        }
        unreadBytes += bytes;
        long afterNs = r.nextInt(8) == 0 ? r.nextInt(2_000) * 1_000_000L : r.nextInt(3_000_000);
        clock.after(afterNs, () -> {
            boolean wasClosed = bufferBytes - unreadBytes < 1_000;
            unreadBytes -= bytes;
            if (!isGone && wasClosed) {
                sender.sendAck();
            }
        });
    }

    /** Something that carries the flags given is going out to the replica. */
    void transmit(int flags, int seq, int length, byte[] options) {
        boolean hasAck = (flags & SYN_FIN_RST) == 0 || (flags & TcpFlags.ACK) != 0;
        int window = announceWindow((flags & TcpFlags.SYN) != 0);
        target.transmit(this, flags, seq, hasAck ? rcvNxt : 0, window, length, options);
    }

    /** The application says something. */
    void say(int bytes) {
        if (!isGone) {
            sender.enqueue(bytes);
            sender.flush();
        }
    }

    /** The application closes. */
    void close() {
        if (!isGone) {
            sender.close();
            sender.flush();
        }
    }

    /** Resets the connection as an application that dies does. */
    void abort() {
        if (!isGone) {
            target.transmit(this, TcpFlags.RST | TcpFlags.ACK, sender.sndNxt(), rcvNxt, 0, 0, new byte[0]);
            vanish();
        }
    }

    /** Closed in order; the side that closed first remembers it for a while. */
    void finish() {
        target.rest(this, wasClosedHereFirst);
        vanish();
    }

    private void vanish() {
        isGone = true;
        target.forget(this);
    }

    /** Gives up without a word. */
    void giveUp() {
        vanish();
    }
}
