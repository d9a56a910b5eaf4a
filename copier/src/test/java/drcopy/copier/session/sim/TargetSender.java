// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import drcopy.copier.session.script.OptionText;
import drcopy.copier.session.script.SentPacket;
import drcopy.wire.Seq;
import drcopy.wire.TcpFlags;
import java.util.Random;
import java.util.TreeSet;

/** The sending side of one connection of the model target: bytes without content, PSH at the end of what was said at once. */
final class TargetSender {
    private static final long FIRST_RTO_NS = 200_000_000;
    private static final long LARGEST_RTO_NS = 20_000_000_000L;
    private static final int MOST_TRIES = 40;

    private final SimClock clock;
    private final TargetConnection connection;
    private final Random r;
    private final int peerShift;
    /** Segments larger than the MSS leave the target, as with TSO. */
    private final int largest;

    boolean usesScaling;
    private final int iss;
    private int sndUna;
    private int sndNxt;
    private int queuedEnd;
    private int peerWindow;
    private boolean isClosing;
    private boolean isFinSent;
    private final TreeSet<Integer> pushes = new TreeSet<>();
    private int duplicateAcks;
    private long rtoNs = FIRST_RTO_NS;
    private int tries;
    private boolean isArmed;
    /** Invalidates timers that were set before. */
    private int timer;

    TargetSender(SimClock clock, TargetConnection connection, Random r, int mss, int peerShift, int peerWindow) {
        this.clock = clock;
        this.connection = connection;
        this.r = r;
        this.peerShift = peerShift;
        this.peerWindow = peerWindow;
        largest = r.nextInt(3) == 0 ? mss * (1 + r.nextInt(40)) : mss;
        iss = r.nextInt();
        sndUna = iss;
        sndNxt = iss + 1;
        queuedEnd = iss + 1;
    }

    boolean isSynAcknowledged() {
        return sndUna != iss;
    }

    boolean isAllAcknowledged() {
        return isFinSent && sndUna == sndNxt;
    }

    boolean isFinSent() {
        return isFinSent;
    }

    int sndNxt() {
        return sndNxt;
    }

    void sendSynAck() {
        StringBuilder options = new StringBuilder("mss " + (r.nextInt(4) == 0 ? 536 : 1460) + ",sackOK");
        if (connection.usesTimestamps()) {
            options.append(",TS val ").append(tsVal()).append(" ecr ").append(ecr());
        }
        if (usesScaling) {
            options.append(",nop,wscale ").append(connection.shift());
        }
        byte[] encoded = OptionText.encode(options.toString());
        connection.transmit(TcpFlags.SYN | TcpFlags.ACK, iss, 0, encoded);
        arm();
    }

    private long tsVal() {
        return 7_000 + clock.nowNs() / 1_000_000;
    }

    private long ecr() {
        return connection.tsRecent() & 0xffffffffL;
    }

    void sendAck() {
        transmit(TcpFlags.ACK, sndNxt, 0);
    }

    private void transmit(int flags, int seq, int length) {
        byte[] options = connection.usesTimestamps()
                ? OptionText.encode("nop,nop,TS val " + tsVal() + " ecr " + ecr())
                : new byte[0];
        connection.transmit(flags, seq, length, options);
    }

    void enqueue(int bytes) {
        queuedEnd += bytes;
        pushes.add(queuedEnd - iss);
    }

    void close() {
        isClosing = true;
    }

    /** False when the ACK is not acceptable and the segment must be dropped. */
    boolean onAck(SentPacket p) {
        int ack = p.ack();
        if (Seq.greaterThan(ack, sndNxt)) {
            sendAck();
            return false;
        }
        int window = p.window() << (usesScaling ? peerShift : 0);
        if (Seq.greaterThan(ack, sndUna)) {
            sndUna = ack;
            duplicateAcks = 0;
            rtoNs = FIRST_RTO_NS;
            tries = 0;
            arm();
        } else if (ack == sndUna && p.payloadLength() == 0 && sndUna != sndNxt && window == peerWindow) {
            duplicateAcks++;
            if (duplicateAcks == 3) {
                repeat();
            }
        }
        if (ack == sndUna) {
            peerWindow = window;
        }
        if (isAllAcknowledged() && connection.isFinReceived()) {
            connection.finish();
        }
        return true;
    }

    /** Sends what the replica's window takes. */
    void flush() {
        if (connection.isGone() || !connection.isEstablished()) {
            return;
        }
        while (sndNxt != queuedEnd && !isFinSent) {
            int room = sndUna + peerWindow - sndNxt;
            int length = Math.min(Math.min(largest, queuedEnd - sndNxt), room);
            if (length <= 0) {
                break;
            }
            transmit(TcpFlags.ACK | push(sndNxt, length), sndNxt, length);
            sndNxt += length;
            armIfIdle();
        }
        if (isClosing && !isFinSent && sndNxt == queuedEnd) {
            isFinSent = true;
            transmit(TcpFlags.ACK | TcpFlags.FIN, sndNxt, 0);
            sndNxt++;
            armIfIdle();
        }
        if (sndNxt != queuedEnd && !isFinSent) {
            armIfIdle();
        }
    }

    private int push(int seq, int length) {
        Integer mark = pushes.higher(seq - iss);
        return mark != null && mark == seq - iss + length ? TcpFlags.PSH : 0;
    }

    private void armIfIdle() {
        if (!isArmed) {
            arm();
        }
    }

    private void arm() {
        timer++;
        isArmed = sndUna != sndNxt || sndNxt != queuedEnd && !isFinSent;
        int mine = timer;
        if (isArmed) {
            clock.after(rtoNs, () -> {
                if (mine == timer && !connection.isGone()) {
                    expire();
                }
            });
        }
    }

    private void expire() {
        tries++;
        if (tries > MOST_TRIES) {
            connection.giveUp();
            return;
        }
        rtoNs = Math.min(2 * rtoNs, LARGEST_RTO_NS);
        repeat();
        arm();
    }

    /** Sends the first unacknowledged segment again, or a probe of a closed window. */
    private void repeat() {
        if (sndUna == iss) {
            sendSynAck();
            return;
        }
        int data = (isFinSent ? sndNxt - 1 : sndNxt) - sndUna;
        if (data > 0) {
            int length = Math.min(largest, data);
            transmit(TcpFlags.ACK | push(sndUna, length), sndUna, length);
        } else if (isFinSent && sndUna != sndNxt) {
            transmit(TcpFlags.ACK | TcpFlags.FIN, sndUna, 0);
        } else if (sndNxt != queuedEnd) {
            transmit(TcpFlags.ACK, sndNxt - 1, 0);
        }
    }
}
