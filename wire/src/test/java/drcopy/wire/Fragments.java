// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Cuts packets into fragments as hosts and routers do, for tests. */
public final class Fragments {
    private static final int HEADER4 = 20;
    private static final int HEADER6 = 40;
    private static final int FRAGMENT_HEADER = 8;

    private Fragments() {}

    /**
     * The fragments of a packet without options or extension headers, in order; an IPv6 packet that fits is an atomic one.
     *
     * @param mtu longest fragment, bytes
     * @param id identification
     */
    public static List<ByteBuffer> of(ByteBuffer packet, int mtu, int id) {
        boolean isIpv6 = packet.get(0) >>> 4 == 6;
        int header = isIpv6 ? HEADER6 : HEADER4;
        int most = (mtu - header - (isIpv6 ? FRAGMENT_HEADER : 0)) / 8 * 8;
        int length = packet.limit() - header;
        List<ByteBuffer> fragments = new ArrayList<>();
        for (int from = 0; from < length; from += most) {
            int to = Math.min(length, from + most);
            fragments.add(isIpv6 ? cut6(packet, from, to, id) : cut4(packet, from, to, id));
        }
        return fragments;
    }

    /** Bytes {@code from} to {@code to} of what is behind the header, as a fragment. */
    static ByteBuffer cut4(ByteBuffer packet, int from, int to, int id) {
        ByteBuffer b = ByteBuffer.allocate(HEADER4 + to - from);
        b.put(0, packet, 0, HEADER4).put(HEADER4, packet, HEADER4 + from, to - from);
        b.putShort(2, (short) b.limit()).putShort(4, (short) id);
        b.putShort(6, (short) ((to < packet.limit() - HEADER4 ? 0x2000 : 0) | from / 8));
        b.putShort(10, (short) 0);
        return b.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(b, 0, HEADER4, 0)));
    }

    /** The same for IPv6. */
    static ByteBuffer cut6(ByteBuffer packet, int from, int to, int id) {
        int data = HEADER6 + FRAGMENT_HEADER;
        ByteBuffer b = ByteBuffer.allocate(data + to - from);
        b.put(0, packet, 0, HEADER6).put(data, packet, HEADER6 + from, to - from);
        b.putShort(4, (short) (b.limit() - HEADER6)).put(HEADER6, packet.get(6)).put(6, (byte) 44);
        b.putShort(HEADER6 + 2, (short) (from | (to < packet.limit() - HEADER6 ? 1 : 0)));
        return b.putInt(HEADER6 + 4, id);
    }
}
