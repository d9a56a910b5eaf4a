// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.DropReason;

/** What happens when a replica's timer comes up. Owned by the shard thread. */
final class ReplicaTimers {
    private final EngineConfig config;
    private final ReplicaSender sender;
    private final Replicas replicas;
    private final Lifecycle lifecycle;
    private final Player player;
    private final PathSearch search;

    ReplicaTimers(
            EngineConfig config,
            ReplicaSender sender,
            Replicas replicas,
            Lifecycle lifecycle,
            Player player,
            PathSearch search) {
        this.search = search;
        this.config = config;
        this.sender = sender;
        this.replicas = replicas;
        this.lifecycle = lifecycle;
        this.player = player;
    }

    /** The replica's timer is due; which of its deadlines has passed is found here. */
    void onTimer(Replica replica, long nowNs) {
        if (replica.isQueuedToOpen) {
            replicas.waitedForTurn(replica);
        }
        if (replica.waitingSinceNs != TimerHeap.NEVER && nowNs - replica.waitingSinceNs >= config.sessionTimeoutNs()) {
            onSilence(replica, nowNs);
            return;
        }
        if (nowNs >= replica.rtoAtNs) {
            onRetransmissionTimeout(replica, nowNs);
        }
        if (nowNs >= replica.hold.dueNs()) {
            player.play(replica, nowNs);
        }
        if (replica.session.replica == replica) {
            player.schedule(replica);
        }
    }

    private void onSilence(Replica replica, long nowNs) {
        Session session = replica.session;
        Segment tail = session.queue.tail();
        boolean isClientGone = tail != null && tail.isReset() && tail.is(Segment.BOOKED);
        lifecycle.abort(session, isClientGone ? DropReason.CLIENT_RESET : DropReason.TARGET_TIMEOUT, nowNs);
    }

    private void onRetransmissionTimeout(Replica replica, long nowNs) {
        if (replica.state() == TcpState.SYN_SENT) {
            repeatSyn(replica, nowNs);
            return;
        }
        if (replica.flight() == 0 && !replica.isPersisting) {
            replica.isRepairing = false;
            replica.rtoAtNs = TimerHeap.NEVER;
            sender.probeAlive(replica);
            return;
        }
        if (replica.isPersisting) {
            backOff(replica);
            sender.probe(replica);
            replica.rtoAtNs = replica.gate.silence.nextExpiryNs(nowNs, replica.rto.rtoNs());
            return;
        }
        if (replica.isProbeNext && !replica.isRepairing) {
            probeTail(replica, nowNs);
            return;
        }
        boolean isExpiry = !replica.isRepairing;
        if (isExpiry) {
            replica.congestion.onTimeout(replica.sndMax, replica.flight());
        }
        replica.isProbeNext = false;
        backOff(replica);
        replica.sendFrom(replica.session.queue.head(), replica.sndUna);
        boolean isQuestion = isExpiry && search.onTimeout(replica, nowNs);
        sender.sendFirst(replica);
        if (isQuestion) {
            sender.probeAlive(replica);
        }
        replica.rtoAtNs = replica.gate.silence.nextExpiryNs(nowNs, replica.rto.rtoNs());
    }

    /**
     * RFC 8985 section 7. What is sent again is the first unacknowledged piece, not the last: responses are known without their
     * SACK blocks, so nothing but what is missing first brings an acknowledgment forward.
     */
    private void probeTail(Replica replica, long nowNs) {
        replica.isProbeNext = false;
        replica.rto.probed();
        replica.congestion.onProbe(replica.flight());
        sender.resendFirst(replica);
        replica.rtoAtNs = nowNs + replica.rto.rtoNs();
    }

    private void repeatSyn(Replica replica, long nowNs) {
        replica.gate.leave(replica);
        backOff(replica);
        replicas.announceAgain(replica);
        if (replica.isStale) {
            replica.isStale = false;
            sender.sendResetAt(replica, replica.iss + 1);
        }
        sender.sendSyn(replica, nowNs);
        replica.rtoAtNs = replica.gate.silence.nextExpiryNs(nowNs, replica.rto.synRtoNs());
    }

    private static void backOff(Replica replica) {
        if (replica.isRepairing) {
            replica.isRepairing = false;
        } else {
            replica.rto.backOff();
        }
    }
}
