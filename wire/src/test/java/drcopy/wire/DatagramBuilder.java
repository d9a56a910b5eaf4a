// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds one UDP datagram in an IPv4 or IPv6 packet, for tests: TTL 60, traffic class 0, identification 7, no DF. */
public final class DatagramBuilder {
    private DatagramBuilder() {}

    /** A datagram between two address literals of one family, with checksums. */
    public static ByteBuffer datagram(String from, int fromPort, String to, int toPort, String payload) {
        byte[] source = address(from);
        byte[] destination = address(to);
        byte[] data = payload.getBytes(StandardCharsets.UTF_8);
        int length = IpPacket.UDP_HEADER_LENGTH + data.length;
        boolean isIpv4 = source.length == 4;
        int udp = isIpv4 ? 20 : 40;
        ByteBuffer b = ByteBuffer.allocate(udp + length);
        if (isIpv4) {
            b.putInt(0x45 << 24 | udp + length).putInt(7 << 16).putInt(60 << 24 | IpPacket.PROTOCOL_UDP << 16);
            b.put(source).put(destination);
            b.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(b, 0, udp, 0)));
        } else {
            b.putInt(6 << 28).putInt(length << 16 | IpPacket.PROTOCOL_UDP << 8 | 60);
            b.put(source).put(destination);
        }
        b.putShort((short) fromPort)
                .putShort((short) toPort)
                .putShort((short) length)
                .putShort((short) 0);
        b.put(data).flip();
        b.putShort(udp + 6, (short) checksum(b, udp, length));
        return b;
    }

    /** The checksum of a datagram whose checksum field is zero; of one that is right, 0. */
    public static int checksum(ByteBuffer b, int udp, int length) {
        long sum = udp == 20
                ? InternetChecksum.pseudoHeader4(b.getInt(12), b.getInt(16), IpPacket.PROTOCOL_UDP, length)
                : InternetChecksum.pseudoHeader6(
                        b.getLong(8), b.getLong(16), b.getLong(24), b.getLong(32), IpPacket.PROTOCOL_UDP, length);
        return InternetChecksum.finish(InternetChecksum.sum(b, udp, length, sum));
    }

    private static byte[] address(String literal) {
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
