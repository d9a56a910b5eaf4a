// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Watches the clients' host for packets that come from the VIP or a real server to a client's address: none may. Every count
 * first sends a canary of that very kind from a real server and waits until it is seen, so a watch that is blind fails.
 */
public final class LeakWatch implements AutoCloseable {
    private static final int PROTOCOL_UDP = 17;
    /** The discard service, RFC 863. */
    private static final int DISCARD = 9;

    private final Lab lab;
    private final Capture capture;
    private int canaries;

    private LeakWatch(Lab lab, Capture capture) {
        this.lab = lab;
        this.capture = capture;
    }

    public static LeakWatch start(Lab lab) {
        String sources = Stream.concat(
                        Stream.of(Lab.VIP, Lab.VIP6),
                        lab.realServers().stream()
                                .flatMap(rs -> Stream.of(Lab.address(rs), "2001:db8:1::1" + rs.substring(2))))
                .map(address -> "src host " + address)
                .collect(Collectors.joining(" or "));
        String filter = String.format(
                Locale.ROOT,
                "(ip or ip6) and (%s) and (dst net 198.18.8.0/24 or dst net 198.18.0.0/24 or dst net 2001:db8:8::/64)",
                sources);
        return new LeakWatch(lab, Capture.start(lab, "client", "leaks", filter));
    }

    /** Packets that reached the clients' host so far, each with a copy of the test system's answer. */
    public long count() {
        canaries++;
        lab.run("rs1", "bash", "-c", "echo canary > /dev/udp/" + Lab.CLIENT + "/" + DISCARD);
        Await.until("the leak watch sees its canary", Duration.ofSeconds(30), () -> packets(true) >= canaries);
        return packets(false);
    }

    private long packets(boolean isCanary) {
        long[] count = new long[1];
        capture.read((ns, isOutgoing, length, packet) -> {
            if (isCanary(packet) == isCanary) {
                count[0]++;
            }
        });
        return count[0];
    }

    /** UDP, IPv4, to the port of the canary. */
    private static boolean isCanary(ByteBuffer packet) {
        return packet.get(0) >> 4 == 4
                && packet.get(9) == PROTOCOL_UDP
                && packet.getShort((packet.get(0) & 0xf) * 4 + 2) == DISCARD;
    }

    @Override
    public void close() {
        capture.close();
    }
}
