// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import java.time.Instant;

/**
 * Which process wrote a znode: tells a process from the one before it and from those of other hosts. Immutable.
 *
 * @param host the kernel's host name
 * @param pid process id there
 * @param started when it started, ISO 8601, as the kernel tells
 */
public record ProcessMark(String host, long pid, String started) {
    /** This process, on a host of this name. */
    public static ProcessMark ofThis(String host) {
        ProcessHandle self = ProcessHandle.current();
        return new ProcessMark(host, self.pid(), startOf(self));
    }

    /** True when it was a process of this host that is no more: what it left in ZooKeeper is nobody's. */
    public boolean isDead(String thisHost) {
        return thisHost.equals(host)
                && ProcessHandle.of(pid)
                        .filter(ProcessHandle::isAlive)
                        .filter(process -> startOf(process).equals(started))
                        .isEmpty();
    }

    private static String startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("");
    }
}
