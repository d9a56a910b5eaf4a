// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Watches the clients' host for ICMP errors about TCP segments to the VIP, which are not the clients' own. Every count first provokes one
 * about a datagram of the client's and waits until it is seen, so a watch that is blind fails.
 */
final class IcmpWatch implements AutoCloseable {
    private static final int PROTOCOL_TCP = 6;
    private static final int PROTOCOL_UDP = 17;
    private static final int ICMP_HEADER = 8;
    private static final int IPV6_HEADER = 40;

    private final Lab lab;
    private final Capture capture;
    private final String canary;
    private int canaries;

    private IcmpWatch(Lab lab, Capture capture, String canary) {
        this.lab = lab;
        this.capture = capture;
        this.canary = canary;
    }

    /** @param canary what the client's shell does to provoke an error about a datagram */
    static IcmpWatch start(Lab lab, String canary) {
        String errors =
                "(icmp[icmptype] == 3 or icmp[icmptype] == 11 or icmp[icmptype] == 12) or (icmp6 and ip6[40] < 128)";
        return new IcmpWatch(lab, Capture.start(lab, "client", "icmp", errors), canary);
    }

    /** Errors about TCP segments that came to clients so far. */
    long count() {
        canaries++;
        lab.run("client", "bash", "-c", canary);
        Await.until(
                "the watch for ICMP errors sees its canary",
                Duration.ofSeconds(30),
                () -> errors(PROTOCOL_UDP) >= canaries);
        return errors(PROTOCOL_TCP);
    }

    private long errors(int protocol) {
        long[] count = new long[1];
        capture.read((ns, isOutgoing, length, packet) -> {
            if (!isOutgoing && quoted(packet) == protocol) {
                count[0]++;
            }
        });
        return count[0];
    }

    /** The protocol of the packet that the error quotes. */
    private static int quoted(ByteBuffer packet) {
        if (packet.get(0) >> 4 == 6) {
            return packet.get(IPV6_HEADER + ICMP_HEADER + 6);
        }
        return packet.get((packet.get(0) & 0xf) * 4 + ICMP_HEADER + 9);
    }

    @Override
    public void close() {
        capture.close();
    }
}
