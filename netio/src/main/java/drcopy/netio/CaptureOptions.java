// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.util.List;

/**
 * What to capture and how. Immutable.
 *
 * @param interfaces device names; {@code any}, alone, is every device of this host
 * @param filter pcap-filter(7) text over packets that begin with their IP header; empty takes all
 * @param bufferMiB size of each ring, MiB, 1..1024. An incoming capture has one ring for each of IPv4 and IPv6 that the filter
 *     can match, and four of a thirty-second of it for frames with VLAN tags
 * @param snaplen bytes kept of each packet from its IP header, 64..262144
 * @param mode how the kernel hands over packets
 * @param direction which packets
 * @param splitsDatagrams whether runs of datagrams that offload joined are handed over one by one; of what is incoming, with RING_V3
 */
public record CaptureOptions(
        List<String> interfaces,
        String filter,
        int bufferMiB,
        int snaplen,
        Mode mode,
        Direction direction,
        boolean splitsDatagrams) {

    /** The name that stands for every device. */
    public static final String ANY = "any";

    /** A snaplen that cuts no packet unless BIG TCP makes longer ones, bytes. */
    public static final int WHOLE = 130_000;
    /** The longest snaplen, bytes: that of libpcap (MAXIMUM_SNAPLEN), so what is captured fits a capture file. BIG TCP may make 524,280. */
    public static final int LONGEST = 262_144;

    /** How the kernel hands over packets. */
    public enum Mode {
        /** TPACKET_V3: blocks of packets, handed over when full or after 1 to 16 ms: the larger the ring, the sooner. Least CPU. */
        RING_V3,
        /** TPACKET_V2: each packet is handed over at once. Least delay. */
        RING_V2
    }

    /** Which packets of a device. */
    public enum Direction {
        /** What this host receives, at the place where its own IP does: once, without VLAN tag, whatever devices are stacked. */
        INCOMING,
        /** What this host sends through a device. */
        OUTGOING
    }

    /** Checks every value. */
    public CaptureOptions {
        interfaces = List.copyOf(interfaces);
        require(!interfaces.isEmpty(), "interfaces", interfaces, "must name a device, or any");
        require(interfaces.size() == 1 || !interfaces.contains(ANY), "interfaces", interfaces, "any stands alone");
        require(interfaces.size() <= 200, "interfaces", interfaces.size(), "at most 200");
        require(bufferMiB >= 1 && bufferMiB <= 1024, "buffer", bufferMiB, "must be 1..1024 MiB");
        boolean maySplit = mode == Mode.RING_V3 && direction == Direction.INCOMING;
        require(maySplit || !splitsDatagrams, "splitsDatagrams", true, "only of what is incoming, with RING_V3");
        require(snaplen >= 64 && snaplen <= LONGEST, "snaplen", snaplen, "must be 64..262144 bytes");
    }

    private static void require(boolean holds, String name, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(name + "=" + value + ": " + rule);
        }
    }

    /** Everything that this host receives and the filter takes, whole: 16 MiB of TPACKET_V3. */
    public static CaptureOptions incoming(List<String> interfaces, String filter) {
        return new CaptureOptions(interfaces, filter, 16, WHOLE, Mode.RING_V3, Direction.INCOMING, false);
    }

    /** The headers of what this host sends through one device: 16 MiB of TPACKET_V2 with 160 bytes of each packet. */
    public static CaptureOptions outgoing(String device, String filter) {
        return new CaptureOptions(List.of(device), filter, 16, 160, Mode.RING_V2, Direction.OUTGOING, false);
    }

    /** The same with another ring size, MiB. */
    public CaptureOptions withBufferMiB(int value) {
        return new CaptureOptions(interfaces, filter, value, snaplen, mode, direction, splitsDatagrams);
    }

    /** The same with another capture length, bytes. */
    public CaptureOptions withSnaplen(int value) {
        return new CaptureOptions(interfaces, filter, bufferMiB, value, mode, direction, splitsDatagrams);
    }

    /** The same with a capture length that cuts none of the packets that these devices have now, if any length does. */
    public CaptureOptions withWholePackets() {
        return withSnaplen(Offloads.longestSegment(interfaces) > WHOLE ? LONGEST : WHOLE);
    }

    /** The same, with runs of datagrams as the datagrams that they are on the wire. */
    public CaptureOptions splittingDatagrams() {
        return new CaptureOptions(interfaces, filter, bufferMiB, snaplen, mode, direction, true);
    }

    /** The same with another way of handing over. */
    public CaptureOptions withMode(Mode value) {
        return new CaptureOptions(interfaces, filter, bufferMiB, snaplen, value, direction, splitsDatagrams);
    }
}
