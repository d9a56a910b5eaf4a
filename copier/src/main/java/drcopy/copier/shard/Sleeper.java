// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

/** How the shard thread waits for input, and lets what came in reach its inbox. */
@FunctionalInterface
public interface Sleeper {
    /** Waits until there may be input, at most {@code timeoutNs}; 0 or less only looks. */
    void await(long timeoutNs);

    /** Waits so long, whatever comes meanwhile; 0 or less not at all. Where nothing may be late, it does nothing. */
    default void rest(long ns) {}
}
