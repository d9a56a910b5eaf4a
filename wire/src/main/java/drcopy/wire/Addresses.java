// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Conversions between the two longs that stand for an address (see {@link IpPacket}) and the forms people and the JDK use. */
public final class Addresses {
    private Addresses() {}

    /** High half of an address. */
    public static long hi(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 ? IpPacket.MAPPED_HI : ByteBuffer.wrap(bytes).getLong(0);
    }

    /** Low half of an address; IPv4 is mapped. */
    public static long lo(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4
                ? IpPacket.MAPPED_LO | ByteBuffer.wrap(bytes).getInt(0) & 0xffffffffL
                : ByteBuffer.wrap(bytes).getLong(8);
    }

    /** True for an IPv4-mapped address. */
    public static boolean isIpv4(long hi, long lo) {
        return hi == 0 && lo >>> 32 == 0xffffL;
    }

    /** The JDK's form: an Inet4Address for a mapped one. */
    public static InetAddress inetAddress(long hi, long lo) {
        byte[] bytes = isIpv4(hi, lo)
                ? ByteBuffer.allocate(4).putInt((int) lo).array()
                : ByteBuffer.allocate(16).putLong(hi).putLong(lo).array();
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are an address", e);
        }
    }

    /** The address in its usual notation: dotted decimal, or RFC 5952's canonical form. */
    public static String text(long hi, long lo) {
        return isIpv4(hi, lo) ? inetAddress(hi, lo).getHostAddress() : ipv6Text(hi, lo);
    }

    /** RFC 5952 section 4: lower case, no leading zeros, {@code ::} for the first longest run of two or more zero groups. */
    private static String ipv6Text(long hi, long lo) {
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < 8; i++) {
            int zeros = zerosFrom(hi, lo, i);
            if (zeros > runLength) {
                runStart = i;
                runLength = zeros;
            }
        }
        StringBuilder s = new StringBuilder(40);
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                s.append("::");
                i += runLength - 1;
            } else {
                s.append(i == 0 || s.charAt(s.length() - 1) == ':' ? "" : ":");
                s.append(Integer.toHexString(group(hi, lo, i)));
            }
        }
        return s.toString();
    }

    private static int zerosFrom(long hi, long lo, int group) {
        int i = group;
        while (i < 8 && group(hi, lo, i) == 0) {
            i++;
        }
        return i - group;
    }

    private static int group(long hi, long lo, int i) {
        return (int) ((i < 4 ? hi : lo) >>> 48 - 16 * (i & 3)) & 0xffff;
    }

    /** {@code 198.18.0.1:80} or {@code [2001:db8::1]:80}. */
    public static String text(long hi, long lo, int port) {
        String address = text(hi, lo);
        return isIpv4(hi, lo) ? address + ":" + port : "[" + address + "]:" + port;
    }
}
