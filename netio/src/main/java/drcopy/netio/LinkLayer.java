// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.InternetChecksum;
import java.nio.ByteBuffer;

/** Finds the IP header in the frames of capture files, by their link type (www.tcpdump.org/linktypes.html). */
enum LinkLayer {
    /** BSD loopback, the address family in the byte order of the capturing machine. */
    NULL(0, 4, -1),
    /** Ethernet. */
    ETHERNET(1, 14, 12),
    /** Bare IP. */
    RAW(101, 0, -1),
    /** Bare IP under the number that programs on some systems write. */
    RAW_DLT(12, 0, -1),
    /** Bare IP under OpenBSD's number. */
    RAW_OPENBSD(14, 0, -1),
    /** OpenBSD loopback. */
    LOOP(108, 4, -1),
    /** Linux cooked. */
    LINUX_SLL(113, 16, 14),
    /** Bare IPv4. */
    IPV4(228, 0, -1),
    /** Bare IPv6. */
    IPV6(229, 0, -1),
    /** Linux cooked, version 2. */
    LINUX_SLL2(276, 20, 0);

    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int MAX_VLAN_TAGS = 4;
    /** What of a tag follows the type that announces it, and the next type. */
    private static final int TAG_BYTES = 4;

    private final int number;
    private final int headerLength;
    /** Where the header names the protocol by its Ethernet type; negative: it does not. */
    private final int typeOffset;

    LinkLayer(int number, int headerLength, int typeOffset) {
        this.number = number;
        this.headerLength = headerLength;
        this.typeOffset = typeOffset;
    }

    /** The link type with this number in a file's header; null when it is not one of these. */
    static LinkLayer of(int number) {
        for (LinkLayer layer : values()) {
            if (layer.number == number) {
                return layer;
            }
        }
        return null;
    }

    /** Index of the IP header in the frame of {@code length} bytes at index 0; -1 when it carries none. Tags are passed over. */
    int ipOffset(ByteBuffer frame, int length) {
        int at = headerLength;
        if (typeOffset >= 0) {
            if (length < headerLength) {
                return -1;
            }
            int type = frame.getShort(typeOffset) & 0xffff;
            for (int tags = 0; isVlanTag(type) && tags < MAX_VLAN_TAGS && at + TAG_BYTES <= length; tags++) {
                type = frame.getShort(at + 2) & 0xffff;
                at += TAG_BYTES;
            }
            if (!isIp(type)) {
                return -1;
            }
            if (isCooked()) {
                at = behindUnnamedTags(frame, at, length, type);
            }
        }
        if (at >= length) {
            return -1;
        }
        int version = frame.get(at) >>> 4 & 0xf;
        return version == 4 || version == 6 ? at : -1;
    }

    private boolean isCooked() {
        return this == LINUX_SLL || this == LINUX_SLL2;
    }

    /**
     * Linux names in a cooked header what lies behind all tags though they are still there: the inner one of two since 6.10
     * (vlan_get_protocol_dgram in net/packet/af_packet.c). {@code at} where there are none.
     */
    private static int behindUnnamedTags(ByteBuffer frame, int at, int length, int named) {
        // The bits of a version may also be the priority in a tag.
        if (named == ETHERTYPE_IPV4 ? isIpv4(frame, at, length) : isWholeIpv6(frame, at, length)) {
            return at;
        }
        int behind = at;
        for (int tags = 0; tags < MAX_VLAN_TAGS && behind + TAG_BYTES <= length; tags++) {
            int type = frame.getShort(behind + 2) & 0xffff;
            behind += TAG_BYTES;
            if (isIp(type)) {
                return type == ETHERTYPE_IPV6 || isIpv4(frame, behind, length) ? behind : at;
            }
            if (!isVlanTag(type)) {
                return at;
            }
        }
        return at;
    }

    private static boolean isIp(int type) {
        return type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6;
    }

    private static boolean isIpv4(ByteBuffer frame, int at, int length) {
        int first = at < length ? frame.get(at) & 0xff : 0;
        int headerLength = (first & 0xf) * 4;
        return first >> 4 == 4
                && headerLength >= 20
                && at + headerLength <= length
                && InternetChecksum.finish(InternetChecksum.sum(frame, at, headerLength, 0)) == 0;
    }

    private static boolean isWholeIpv6(ByteBuffer frame, int at, int length) {
        return at + 40 <= length
                && (frame.get(at) & 0xf0) == 0x60
                && at + 40 + (frame.getShort(at + 4) & 0xffff) <= length;
    }

    private static boolean isVlanTag(int type) {
        return type == 0x8100 || type == 0x88a8 || type == 0x9100;
    }
}
