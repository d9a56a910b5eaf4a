// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

/** How the shard thread waits for input: {@link drcopy.netio.Poller#await}. */
@FunctionalInterface
public interface Sleeper {
    /**
     * Waits until there may be input, at most {@code timeoutNs}; 0 or less only looks.
     *
     * @return false when the time was up
     */
    boolean await(long timeoutNs);
}
