// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import com.sun.management.OperatingSystemMXBean;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.governor.GovernorAgent;
import drcopy.copier.ledger.Ledgers;
import drcopy.copier.session.EngineConfig;
import drcopy.wire.Reassembly;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Divides the memory that the process was given, and turns the command line into the engine's configuration. */
final class EngineLimits {
    /** System property with the bytes that {@code bin/copier} sets aside for held segments. */
    private static final String POOL_PROPERTY = "drcopy.pool.bytes";

    /** Heap that everything but sessions needs: gRPC, metrics, waiting responses; 14 MiB measured, and a young generation of 24. */
    private static final long OTHER_HEAP_BYTES = 38L << 20;

    /** Heap that a session of one instance takes with replica, route and held request: 1,050 measured, and rounded up. */
    private static final long SESSION_HEAP_BYTES = 1_152;

    /** What a protocol adapter takes besides. */
    private static final long ADAPTER_HEAP_BYTES = 3_072;

    private static final int MOST_SESSIONS = 1_000_000;
    private static final int FEWEST_SESSIONS = 1_000;
    private static final int MOST_SESSION_BYTES = 64 << 20;
    private static final Duration GAP = Duration.ofSeconds(5);
    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final int MAX_LINGERING = 16_384;
    private static final int MAX_OPENING = 1_024;

    private EngineLimits() {}

    /** A shard's part. */
    static EngineConfig of(CopierConfig config, int shard) {
        CopierConfig.Replay replay = config.replay();
        int shards = config.capture().shards();
        long pool = poolBytes(config) / shards;
        return new EngineConfig(
                shard,
                config.instanceIds().stream().mapToInt(Integer::intValue).toArray(),
                replay.mtu(),
                replay.mtu6(),
                replay.mss(),
                replay.sessionTimeout().toNanos(),
                replay.hold().toNanos(),
                replay.joinIdle().toNanos(),
                GAP.toNanos(),
                LINGER.toNanos(),
                MAX_LINGERING / shards,
                MAX_OPENING / shards,
                maxSessions(config) / shards,
                (int) Math.min(MOST_SESSION_BYTES, pool / 2),
                pool,
                replay.onlySyn());
    }

    /** Where the governor reads what is used of these limits and of the host. */
    static GovernorAgent.Sources usage(CopierConfig config, Ledgers ledgers, LongSupplier packets, LongSupplier bytes) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new GovernorAgent.Sources(
                ledgers, system::getProcessCpuTime, packets, bytes, poolBytes(config), maxSessions(config));
    }

    /** Without the launcher, two fifths of {@code --memory}; less what each shard may take to put fragments together. */
    private static long poolBytes(CopierConfig config) {
        long bytes = Long.getLong(POOL_PROPERTY, ((long) config.memoryMib() << 20) * 2 / 5);
        return Math.max(bytes / 2, bytes - (long) config.capture().shards() * Reassembly.MOST_BYTES);
    }

    private static int maxSessions(CopierConfig config) {
        long heap = Runtime.getRuntime().maxMemory() - OTHER_HEAP_BYTES;
        long each = SESSION_HEAP_BYTES + (config.mysql().isPresent() ? ADAPTER_HEAP_BYTES : 0);
        return (int) Math.max(FEWEST_SESSIONS, Math.min(MOST_SESSIONS, heap / each));
    }
}
