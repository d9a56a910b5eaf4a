// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import drcopy.wire.IpPacket;
import drcopy.wire.TcpHeader;
import java.nio.ByteBuffer;

/** Headers of IPv4 packets from a client, 198.18.8.0/24 and up, to online, 198.18.1.200:80. Checksums are left at zero. */
final class Packets {
    static final int IP_LENGTH = 20;
    static final int CLIENT = 0xc6120801;
    static final int ONLINE = 0xc61201c8;

    private Packets() {}

    /** Fills in the headers of the packet that is the whole buffer. */
    static void header(ByteBuffer b, int flags, int tcpHeaderLength) {
        b.putInt(0, 0x4500 << 16 | b.limit());
        b.putInt(4, 0x4000);
        b.put(8, (byte) 64).put(9, (byte) IpPacket.PROTOCOL_TCP);
        b.putInt(12, CLIENT).putInt(16, ONLINE);
        TcpHeader.sourcePort(b, IP_LENGTH, 4321);
        TcpHeader.destinationPort(b, IP_LENGTH, 80);
        TcpHeader.headerLengthAndFlags(b, IP_LENGTH, tcpHeaderLength, flags);
        TcpHeader.window(b, IP_LENGTH, 502);
    }
}
