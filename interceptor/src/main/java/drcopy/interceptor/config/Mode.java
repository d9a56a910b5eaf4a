// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.config;

/** How responses are taken out of the host's output. */
public enum Mode {
    /** Marked by nftables, routed into a capture-only device, read by a ring. */
    ROUTE,
    /** Queued by netfilter to this process, which drops them. */
    NFQUEUE
}
