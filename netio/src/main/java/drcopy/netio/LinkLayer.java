// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

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

    /** Index of the IP header in the frame of {@code length} bytes at index 0; -1 when it carries none. */
    int ipOffset(ByteBuffer frame, int length) {
        int at = headerLength;
        if (typeOffset >= 0) {
            if (length < headerLength) {
                return -1;
            }
            int type = frame.getShort(typeOffset) & 0xffff;
            for (int tags = 0; isVlanTag(type) && tags < MAX_VLAN_TAGS && at + 4 <= length; tags++) {
                type = frame.getShort(at + 2) & 0xffff;
                at += 4;
            }
            if (type != ETHERTYPE_IPV4 && type != ETHERTYPE_IPV6) {
                return -1;
            }
        }
        if (at >= length) {
            return -1;
        }
        int version = frame.get(at) >>> 4 & 0xf;
        return version == 4 || version == 6 ? at : -1;
    }

    private static boolean isVlanTag(int type) {
        return type == 0x8100 || type == 0x88a8 || type == 0x9100;
    }
}
