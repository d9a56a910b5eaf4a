// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.stream.AttachedStream;
import drcopy.v1.AttachResponse;
import drcopy.v1.Hello;
import drcopy.v1.IdSuperseded;
import drcopy.v1.RouteConflict;
import java.util.ArrayDeque;
import java.util.BitSet;

/** What the diversion thread keeps of one attached stream. */
final class CopierLink {
    private static final int MAX_NOTICES = 4096;
    /** Least time between a message and one that carries mere acknowledgments: those that come meanwhile share it. */
    private static final long SPACING_NS = 2_000_000L;

    private final AttachedStream stream;
    private final int slot;
    private final Outbox outbox;
    private final ArrayDeque<AttachResponse> notices = new ArrayDeque<>();
    private final BitSet superseded = new BitSet();
    private long dropped;
    private boolean inSnapshot;
    private long flushedNs = Long.MIN_VALUE / 2;

    CopierLink(AttachedStream stream, int slot, PendingBudget budget) {
        this.stream = stream;
        this.slot = slot;
        this.outbox = new Outbox(budget);
    }

    AttachedStream stream() {
        return stream;
    }

    /** This stream's number in the route table. */
    int slot() {
        return slot;
    }

    String copierId() {
        return stream.hello().getCopierId();
    }

    long incarnation() {
        return stream.hello().getIncarnation();
    }

    Outbox outbox() {
        return outbox;
    }

    /** Summaries dropped because the stream was not ready. */
    long dropped() {
        return dropped;
    }

    void countDropped() {
        dropped++;
    }

    /** True between the first and the last message of a snapshot. */
    boolean isInSnapshot() {
        return inSnapshot;
    }

    void inSnapshot(boolean value) {
        inSnapshot = value;
    }

    /** Has a conflict told; false when the copier does not read and too much waits already. */
    boolean conflict(long routeId, String holder) {
        return notice(AttachResponse.newBuilder()
                .setConflict(RouteConflict.newBuilder().setRouteId(routeId).setHolder(holder))
                .build());
    }

    /** The epoch of the lease under which this copier has an instance ID; 0 when it said none. */
    long leaseEpoch(int instanceId) {
        Hello hello = stream.hello();
        int at = hello.getLeaseEpochsCount() == 0
                ? -1
                : hello.getInstanceIdsList().indexOf(instanceId);
        return at < 0 ? 0 : hello.getLeaseEpochs(at);
    }

    /** True when somebody else has a newer lease of this instance ID. */
    boolean isSuperseded(int instanceId) {
        return superseded.get(instanceId);
    }

    /** Has the loss of an instance ID told, once; false as with {@link #conflict}. */
    boolean supersede(int instanceId, long epoch) {
        if (superseded.get(instanceId)) {
            return true;
        }
        superseded.set(instanceId);
        return notice(AttachResponse.newBuilder()
                .setSuperseded(
                        IdSuperseded.newBuilder().setInstanceId(instanceId).setEpoch(epoch))
                .build());
    }

    private boolean notice(AttachResponse message) {
        return notices.size() < MAX_NOTICES && notices.add(message);
    }

    /** True when {@link #flush} has something to do. */
    boolean isPending() {
        return outbox.size() > 0 || !notices.isEmpty();
    }

    /** When what waits is to be sent: at once, or a moment after the message before. */
    long dueNs(long nowNs) {
        return outbox.isUrgent() || !notices.isEmpty() ? nowNs : flushedNs + SPACING_NS;
    }

    /** Sends what waits as long as the stream is ready. */
    void flush(long nowNs) {
        flushedNs = nowNs;
        while (!notices.isEmpty() && stream.isReady()) {
            stream.send(notices.remove());
        }
        outbox.flush(stream);
    }

    @Override
    public String toString() {
        return stream.toString();
    }
}
