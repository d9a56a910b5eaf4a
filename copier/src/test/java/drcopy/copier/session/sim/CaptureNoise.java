// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import drcopy.copier.session.sim.Conversation.Captured;
import drcopy.wire.TcpFlags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** What the way from client to online does to segments before the capture sees them, and what the capture misses. */
final class CaptureNoise {
    private static final long RETRANSMIT_NS = 200_000_000;
    private static final int OVERTAKEN_NS = 300_000;

    private final Random r;
    private final Weather weather;

    CaptureNoise(Random r, Weather weather) {
        this.r = r;
        this.weather = weather;
    }

    List<Captured> apply(List<Captured> said) {
        List<Captured> seen = new ArrayList<>();
        long delayNs = 0;
        long repairNs = 0;
        int repairAck = 0;
        for (Captured s : said) {
            boolean isReset = (s.flags() & TcpFlags.RST) != 0;
            if (isReset || s.ack() > repairAck) { // what depends on an answer to the repaired segment
                delayNs += repairNs;
                repairNs = 0;
            }
            Captured now = s.at(s.timeNs() + delayNs);
            int noise = !isReset && r.nextDouble() < weather.captureNoise() ? kind() : -1;
            if (noise == 0) { // lost before the capture: comes again after the client's timeout
                seen.add(now.at(now.timeNs() + RETRANSMIT_NS));
                repairNs = RETRANSMIT_NS;
                repairAck = s.ack();
            } else if (noise == 1) { // overtaken by the next ones
                seen.add(now.at(now.timeNs() + r.nextInt(OVERTAKEN_NS)));
            } else {
                seen.add(now);
                repeat(seen, said, now, noise);
            }
        }
        seen.sort(Comparator.comparingLong(Captured::timeNs));
        return withLoss(seen);
    }

    /**
     * Where the capture begins in mid-stream nothing is out of order: whether the first segment of a connection that is seen was
     * overtaken cannot be told.
     */
    private int kind() {
        return weather.midStream() ? 2 + r.nextInt(3) : r.nextInt(5);
    }

    private void repeat(List<Captured> seen, List<Captured> said, Captured s, int noise) {
        long lastNs = said.get(said.size() - 1).timeNs();
        if (noise == 2) { // twice
            seen.add(s.at(s.timeNs() + r.nextInt(OVERTAKEN_NS)));
        } else if (noise == 3 && s.timeNs() + 2 * RETRANSMIT_NS < lastNs) { // sent again though online had it
            seen.add(again(s, said));
        } else if (noise == 4 && s.seq() > 1 && (s.flags() & (TcpFlags.SYN | TcpFlags.FIN)) == 0) {
            seen.add(keepAlive(s));
        }
    }

    private Captured again(Captured s, List<Captured> said) {
        long atNs = s.timeNs() + RETRANSMIT_NS + r.nextInt(OVERTAKEN_NS);
        int ack = s.ack();
        for (Captured other : said) {
            ack = other.timeNs() <= atNs ? Math.max(ack, other.ack()) : ack;
        }
        boolean hasAck = (s.flags() & TcpFlags.ACK) != 0;
        int tsVal = s.tsVal() + 200;
        return new Captured(atNs, s.flags(), s.seq(), s.length(), hasAck ? ack : 0, s.window(), tsVal);
    }

    private static Captured keepAlive(Captured s) {
        return new Captured(s.timeNs() + 1, TcpFlags.ACK, s.seq() - 1, 0, s.ack(), s.window(), s.tsVal());
    }

    private List<Captured> withLoss(List<Captured> seen) {
        if (weather.captureLoss() > 0) {
            seen.removeIf(s -> r.nextDouble() < weather.captureLoss());
        }
        return seen;
    }
}
