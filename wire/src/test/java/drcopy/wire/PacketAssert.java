// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on one packet. Making one already checks, for free, that the bytes are a whole TCP segment with nothing behind
 * it, well-formed options, and right IPv4 and TCP checksums; each further call checks one field.
 *
 * <pre>assertThatPacket(sent).isTo("198.18.1.200", 80).hasFlags("P.").hasPayload("GET /");</pre>
 */
public final class PacketAssert extends AbstractAssert<PacketAssert, ByteBuffer> {
    private final IpPacket packet = new IpPacket();
    private final ByteBuffer bytes;
    private final int tcp;

    private PacketAssert(ByteBuffer actual, int offset, int length) {
        super(actual, PacketAssert.class);
        isNotNull();
        bytes = actual;
        PacketDefect defect = packet.wrap(bytes, offset, length);
        if (defect != PacketDefect.NONE) {
            failWithMessage("not a TCP segment: %s", PacketText.text(bytes, offset, length));
        }
        tcp = packet.tcpOffset();
        checkFrame(length);
        checkChecksums();
    }

    /** The packet between the buffer's position and limit. */
    public static PacketAssert assertThatPacket(ByteBuffer packet) {
        return new PacketAssert(packet, packet.position(), packet.remaining());
    }

    /** The packet of {@code length} bytes at {@code offset}. */
    public static PacketAssert assertThatPacket(ByteBuffer buffer, int offset, int length) {
        return new PacketAssert(buffer, offset, length);
    }

    /** The packet that a flyweight wraps. */
    public static PacketAssert assertThatPacket(IpPacket packet) {
        return new PacketAssert(packet.buffer(), packet.offset(), packet.totalLength());
    }

    private void checkFrame(int length) {
        if (packet.totalLength() != length) {
            failWithMessage("%s\nis %d bytes, but %d were given", packet(), packet.totalLength(), length);
        }
        if (TcpOptions.check(bytes, tcp) != PacketDefect.NONE) {
            failWithMessage("%s\nhas malformed options", packet());
        }
    }

    private void checkChecksums() {
        if (!packet.isIpv6()
                && InternetChecksum.finish(InternetChecksum.sum(bytes, packet.offset(), packet.ipHeaderLength(), 0))
                        != 0) {
            failWithMessage(
                    "%s\nhas a wrong IPv4 header checksum 0x%04x", packet(), bytes.getShort(packet.offset() + 10));
        }
        int length = packet.totalLength() - packet.ipHeaderLength();
        long pseudoHeader = packet.isIpv6()
                ? InternetChecksum.pseudoHeader6(
                        packet.sourceHi(),
                        packet.sourceLo(),
                        packet.destinationHi(),
                        packet.destinationLo(),
                        IpPacket.PROTOCOL_TCP,
                        length)
                : InternetChecksum.pseudoHeader4(
                        (int) packet.sourceLo(), (int) packet.destinationLo(), IpPacket.PROTOCOL_TCP, length);
        if (InternetChecksum.finish(InternetChecksum.sum(bytes, tcp, length, pseudoHeader)) != 0) {
            failWithMessage("%s\nhas a wrong TCP checksum 0x%04x", packet(), TcpHeader.checksum(bytes, tcp));
        }
    }

    private String packet() {
        return PacketText.text(packet);
    }

    private PacketAssert check(String what, Object expected, Object found) {
        if (!Objects.equals(expected, found)) {
            failWithMessage("%s\nhas %s %s, expected %s", packet(), what, found, expected);
        }
        return this;
    }

    /** The whole packet as {@link PacketText#text(IpPacket)} writes it. */
    public PacketAssert hasText(String line) {
        return check("text", line, packet());
    }

    /** As {@link #hasText(String)}, with sequence numbers relative to these bases. */
    public PacketAssert hasText(String line, int seqBase, int ackBase) {
        return check("text", line, PacketText.text(packet, seqBase, ackBase));
    }

    public PacketAssert isFrom(String address, int port) {
        String found = Addresses.text(packet.sourceHi(), packet.sourceLo(), packet.sourcePort());
        return check("source", endpoint(address, port), found);
    }

    public PacketAssert isTo(String address, int port) {
        String found = Addresses.text(packet.destinationHi(), packet.destinationLo(), packet.destinationPort());
        return check("destination", endpoint(address, port), found);
    }

    private static String endpoint(String address, int port) {
        return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
    }

    public PacketAssert hasSeq(int seq) {
        return check("SEG.SEQ", seq, TcpHeader.seq(bytes, tcp));
    }

    /** SEG.ACK is this and the ACK flag is set. */
    public PacketAssert hasAck(int ack) {
        check("ACK flag", true, TcpFlags.all(TcpHeader.flags(bytes, tcp), TcpFlags.ACK));
        return check("SEG.ACK", ack, TcpHeader.ack(bytes, tcp));
    }

    /** Exactly these flags, in the letters of {@link TcpFlags#text}. */
    public PacketAssert hasFlags(String letters) {
        return check("flags", letters, TcpFlags.text(TcpHeader.flags(bytes, tcp)));
    }

    /** SEG.WND before scaling. */
    public PacketAssert hasWindow(int window) {
        return check("window", window, TcpHeader.window(bytes, tcp));
    }

    /** The URG flag is set and the urgent pointer is this. */
    public PacketAssert hasUrgentPointer(int pointer) {
        check("URG flag", true, TcpFlags.all(TcpHeader.flags(bytes, tcp), TcpFlags.URG));
        return check("urgent pointer", pointer, TcpHeader.urgentPointer(bytes, tcp));
    }

    /** The MSS announced; -1 for none. */
    public PacketAssert hasMss(int mss) {
        return check("MSS", mss, TcpOptions.mss(bytes, tcp));
    }

    /** The window shift announced; -1 for none. */
    public PacketAssert hasWindowShift(int shift) {
        return check("window shift", shift, TcpOptions.windowShift(bytes, tcp));
    }

    /** The TSval and TSecr of the timestamps option. */
    public PacketAssert hasTimestamps(int value, int echo) {
        int at = TcpOptions.timestamps(bytes, tcp);
        check("timestamps option", true, at >= 0);
        check("TSval", value, bytes.getInt(at + 2));
        return check("TSecr", echo, bytes.getInt(at + 6));
    }

    public PacketAssert hasOption(int kind) {
        return check("option " + kind, true, TcpOptions.find(bytes, tcp, kind) >= 0);
    }

    public PacketAssert hasNoOption(int kind) {
        return check("option " + kind, false, TcpOptions.find(bytes, tcp, kind) >= 0);
    }

    public PacketAssert hasPayload(byte[] payload) {
        byte[] found = new byte[packet.payloadLength()];
        bytes.get(packet.payloadOffset(), found);
        return check("payload", ByteBuffer.wrap(payload), ByteBuffer.wrap(found));
    }

    /** The payload is this text in UTF-8. */
    public PacketAssert hasPayload(String text) {
        byte[] found = new byte[packet.payloadLength()];
        bytes.get(packet.payloadOffset(), found);
        return check("payload", text, new String(found, StandardCharsets.UTF_8));
    }

    public PacketAssert hasPayloadLength(int length) {
        return check("payload length", length, packet.payloadLength());
    }

    /** Bytes of the whole packet. */
    public PacketAssert hasLength(int length) {
        return check("length", length, packet.totalLength());
    }

    public PacketAssert hasTrafficClass(int trafficClass) {
        return check("traffic class", trafficClass, packet.trafficClass());
    }

    public PacketAssert hasHopLimit(int hopLimit) {
        return check("hop limit", hopLimit, packet.hopLimit());
    }

    public PacketAssert hasIdentification(int identification) {
        return check("identification", identification, packet.identification());
    }

    public PacketAssert hasFlowLabel(int flowLabel) {
        return check("flow label", flowLabel, packet.flowLabel());
    }

    public PacketAssert hasDontFragment(boolean dontFragment) {
        return check("don't-fragment", dontFragment, packet.isDontFragment());
    }
}
