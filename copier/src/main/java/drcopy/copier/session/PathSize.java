// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/**
 * How long the packets may be that reach one target, as far as its replicas have found out (RFC 4821, RFC 8899): what is longer is lost
 * on the way, and whoever drops it tells us nothing, for it would tell the client. Owned by the shard thread.
 */
final class PathSize {
    /** After this long full packets are tried again: PMTU_RAISE_TIMER of RFC 8899 section 5.1.1. */
    static final long REMEMBERED_NS = 600_000_000_000L;

    private static final int UNKNOWN = Integer.MAX_VALUE;
    /** What every IPv6 link takes: RFC 8200 section 5. */
    private static final int LEAST_IPV6 = 1_280;
    /** IP packets to try, bytes: what tunnels leave of 1,500, what IPv6 links take, what IPv4 hosts take (RFC 9293 3.7.1). */
    private static final int[] STEPS = {1_400, LEAST_IPV6, 576};

    private int learnt = UNKNOWN;
    private long learntNs;
    private boolean isUntold;

    /** The next shorter packet to try when one of {@code bytes} is lost; {@code bytes} when there is none. */
    static int below(int bytes, boolean isIpv4) {
        for (int step : STEPS) {
            if (step < bytes && (isIpv4 || step >= LEAST_IPV6)) {
                return step;
            }
        }
        return bytes;
    }

    /** Bytes of the longest packet to send now. */
    int most(long nowNs) {
        return nowNs - learntNs < REMEMBERED_NS ? learnt : UNKNOWN;
    }

    /** Packets of {@code bytes} arrive, longer ones do not. */
    void learn(int bytes, long nowNs) {
        learnt = bytes;
        learntNs = nowNs;
        isUntold = true;
    }

    /** A packet of {@code bytes} was acknowledged. */
    void taken(int bytes) {
        if (bytes > learnt) {
            learnt = UNKNOWN;
        }
    }

    /** What was learnt and not told yet, bytes, once; else 0. */
    int pollUntold() {
        boolean wasUntold = isUntold && learnt != UNKNOWN;
        isUntold = false;
        return wasUntold ? learnt : 0;
    }
}
