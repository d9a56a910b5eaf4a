// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Builds one TCP segment in an IPv4 or IPv6 packet, for tests. Lengths and checksums are computed; everything else is as told,
 * so that a later value replaces an earlier one and {@link #build} may be called again after a change. Options appear in the
 * order of the calls and are padded with no-operations to a multiple of four bytes.
 *
 * <pre>
 * ByteBuffer syn = SegmentBuilder.segment("198.18.8.1", 4321, "198.18.1.200", 80).syn().seq(1000).mss(1460).build();
 * </pre>
 */
public final class SegmentBuilder {
    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV6_HEADER_LENGTH = 40;

    private long sourceHi;
    private long sourceLo;
    private long destinationHi;
    private long destinationLo;
    private int sourcePort;
    private int destinationPort;
    private int seq;
    private int ack;
    private int flags;
    private int window = 65535;
    private int urgentPointer;
    private int trafficClass;
    private int hopLimit = 64;
    private int identification;
    private int flowLabel;
    private boolean dontFragment = true;
    private byte[] payload = {};
    private byte[] ipExtension = {};
    private int ipExtensionProtocol = IpPacket.PROTOCOL_TCP;
    private final ByteArrayOutputStream options = new ByteArrayOutputStream();

    private SegmentBuilder() {}

    /** A segment without flags, options and payload; both addresses are literals of one family. */
    public static SegmentBuilder segment(String source, int sourcePort, String destination, int destinationPort) {
        return new SegmentBuilder().from(source, sourcePort).to(destination, destinationPort);
    }

    /** A segment from the client of a key to its server. */
    public static SegmentBuilder fromClient(FlowKey key) {
        return new SegmentBuilder()
                .from(key.clientHi, key.clientLo, key.clientPort)
                .to(key.serverHi, key.serverLo, key.serverPort);
    }

    /** A segment from the server of a key to its client. */
    public static SegmentBuilder fromServer(FlowKey key) {
        return new SegmentBuilder()
                .from(key.serverHi, key.serverLo, key.serverPort)
                .to(key.clientHi, key.clientLo, key.clientPort);
    }

    public SegmentBuilder from(String address, int port) {
        InetAddress parsed = parse(address);
        return from(Addresses.hi(parsed), Addresses.lo(parsed), port);
    }

    /** Source, its address as two longs as in {@link IpPacket}. */
    public SegmentBuilder from(long hi, long lo, int port) {
        sourceHi = hi;
        sourceLo = lo;
        sourcePort = port;
        return this;
    }

    public SegmentBuilder to(String address, int port) {
        InetAddress parsed = parse(address);
        return to(Addresses.hi(parsed), Addresses.lo(parsed), port);
    }

    /** Destination, its address as two longs as in {@link IpPacket}. */
    public SegmentBuilder to(long hi, long lo, int port) {
        destinationHi = hi;
        destinationLo = lo;
        destinationPort = port;
        return this;
    }

    private static InetAddress parse(String literal) {
        if (!literal.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            throw new IllegalArgumentException(literal + ": must be an address, not a name");
        }
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal + ": must be an address", e);
        }
    }

    /** SEG.SEQ. */
    public SegmentBuilder seq(int seq) {
        this.seq = seq;
        return this;
    }

    /** SEG.ACK; sets the ACK flag. */
    public SegmentBuilder ack(int ack) {
        this.ack = ack;
        flags |= TcpFlags.ACK;
        return this;
    }

    /** Replaces all flags, see {@link TcpFlags}. */
    public SegmentBuilder flags(int flags) {
        this.flags = flags;
        return this;
    }

    public SegmentBuilder syn() {
        flags |= TcpFlags.SYN;
        return this;
    }

    public SegmentBuilder fin() {
        flags |= TcpFlags.FIN;
        return this;
    }

    public SegmentBuilder rst() {
        flags |= TcpFlags.RST;
        return this;
    }

    public SegmentBuilder psh() {
        flags |= TcpFlags.PSH;
        return this;
    }

    /** Sets the urgent pointer, in bytes from SEG.SEQ, and the URG flag. */
    public SegmentBuilder urgent(int pointer) {
        urgentPointer = pointer;
        flags |= TcpFlags.URG;
        return this;
    }

    /** SEG.WND before scaling, 0..65535. */
    public SegmentBuilder window(int window) {
        this.window = window;
        return this;
    }

    public SegmentBuilder mss(int mss) {
        return option(TcpOptions.MSS, mss >>> 8, mss);
    }

    public SegmentBuilder windowShift(int shift) {
        return option(TcpOptions.WINDOW_SCALE, shift);
    }

    public SegmentBuilder sackPermitted() {
        return option(TcpOptions.SACK_PERMITTED);
    }

    /** TSval and TSecr. */
    public SegmentBuilder timestamps(int value, int echo) {
        return option(
                TcpOptions.TIMESTAMPS,
                ByteBuffer.allocate(8).putInt(value).putInt(echo).array());
    }

    /** SACK blocks: left edge, right edge of each. */
    public SegmentBuilder sack(int... edges) {
        ByteBuffer all = ByteBuffer.allocate(4 * edges.length);
        for (int edge : edges) {
            all.putInt(edge);
        }
        return option(TcpOptions.SACK, all.array());
    }

    public SegmentBuilder nop() {
        return rawOption(TcpOptions.NOP);
    }

    /** An option of any kind, its length byte computed; only the low byte of each value counts. */
    public SegmentBuilder option(int kind, int... data) {
        return option(kind, lowBytes(data));
    }

    private static byte[] lowBytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private SegmentBuilder option(int kind, byte[] data) {
        options.write(kind);
        options.write(data.length + 2);
        options.write(data, 0, data.length);
        return this;
    }

    /** Bytes of the option area as they are, malformed or not; only the low byte of each counts. */
    public SegmentBuilder rawOption(int... bytes) {
        options.writeBytes(lowBytes(bytes));
        return this;
    }

    public SegmentBuilder payload(byte[] payload) {
        this.payload = payload.clone();
        return this;
    }

    /** The payload in UTF-8. */
    public SegmentBuilder payload(String text) {
        return payload(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A payload of {@code length} bytes, each telling its place in the stream: {@link #streamByte} of its sequence number. */
    public SegmentBuilder payload(int length) {
        payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = streamByte(seq + i);
        }
        return this;
    }

    /** The byte that {@link #payload(int)} puts at a sequence number; call that after {@link #seq}. Its period is 251. */
    public static byte streamByte(int seq) {
        return (byte) Integer.remainderUnsigned(seq, 251);
    }

    /** Type of service or traffic class, 0..255. */
    public SegmentBuilder trafficClass(int trafficClass) {
        this.trafficClass = trafficClass;
        return this;
    }

    /** TTL or hop limit, 0..255. */
    public SegmentBuilder hopLimit(int hopLimit) {
        this.hopLimit = hopLimit;
        return this;
    }

    /** IPv4 identification. */
    public SegmentBuilder identification(int identification) {
        this.identification = identification;
        return this;
    }

    /** IPv6 flow label, 20 bits. */
    public SegmentBuilder flowLabel(int flowLabel) {
        this.flowLabel = flowLabel;
        return this;
    }

    /** Clears the IPv4 don't-fragment bit, which is set otherwise. */
    public SegmentBuilder mayFragment() {
        dontFragment = false;
        return this;
    }

    /** Options of the IPv4 header, a multiple of 4 bytes; replaces those before. */
    public SegmentBuilder ipOptions(int... bytes) {
        return ipExtension(IpPacket.PROTOCOL_TCP, bytes);
    }

    /**
     * Extension headers of the IPv6 header, chain and lengths as told; replaces those before.
     *
     * @param first protocol number of the first of them: the IPv6 header's next header
     */
    public SegmentBuilder ipExtension(int first, int... bytes) {
        ipExtensionProtocol = first;
        ipExtension = lowBytes(bytes);
        return this;
    }

    /** The packet in a big-endian heap buffer of exactly its length, position 0. */
    public ByteBuffer build() {
        ByteBuffer b = ByteBuffer.allocate(length());
        write(b, 0);
        return b;
    }

    /** As {@link #build}, in a direct buffer. */
    public ByteBuffer buildDirect() {
        ByteBuffer b = ByteBuffer.allocateDirect(length());
        write(b, 0);
        return b;
    }

    /** A flyweight over {@link #build}; the segment must be one without a defect. */
    public IpPacket packet() {
        ByteBuffer b = build();
        IpPacket packet = new IpPacket();
        PacketDefect defect = packet.wrap(b, 0, b.limit());
        if (defect != PacketDefect.NONE) {
            throw new IllegalStateException("built a packet with " + defect);
        }
        return packet;
    }

    /** Bytes of the packet. */
    public int length() {
        return ipHeaderLength() + tcpHeaderLength() + payload.length;
    }

    private boolean isIpv4() {
        boolean isIpv4 = Addresses.isIpv4(sourceHi, sourceLo);
        if (isIpv4 != Addresses.isIpv4(destinationHi, destinationLo)) {
            throw new IllegalStateException("source and destination must be of one address family");
        }
        return isIpv4;
    }

    private int ipHeaderLength() {
        return (isIpv4() ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH) + ipExtension.length;
    }

    private int tcpHeaderLength() {
        int length = TcpHeader.MIN_LENGTH + (options.size() + 3) / 4 * 4;
        if (length > TcpHeader.MAX_LENGTH) {
            throw new IllegalStateException(options.size() + " bytes of options: must be at most 40");
        }
        return length;
    }

    /** Writes the packet into a big-endian buffer at an index, by absolute puts, and returns its length. */
    public int write(ByteBuffer b, int offset) {
        int length = length();
        int tcp = offset + ipHeaderLength();
        int tcpLength = length - ipHeaderLength();
        writeTcp(b, tcp);
        long pseudoHeader;
        if (isIpv4()) {
            writeIpv4(b, offset, length);
            pseudoHeader = InternetChecksum.pseudoHeader4(
                    (int) sourceLo, (int) destinationLo, IpPacket.PROTOCOL_TCP, tcpLength);
        } else {
            writeIpv6(b, offset, length);
            pseudoHeader = InternetChecksum.pseudoHeader6(
                    sourceHi, sourceLo, destinationHi, destinationLo, IpPacket.PROTOCOL_TCP, tcpLength);
        }
        TcpHeader.checksum(b, tcp, InternetChecksum.finish(InternetChecksum.sum(b, tcp, tcpLength, pseudoHeader)));
        return length;
    }

    private void writeIpv4(ByteBuffer b, int at, int length) {
        int headerLength = ipHeaderLength();
        b.put(at, (byte) (4 << 4 | headerLength / 4));
        b.put(at + 1, (byte) trafficClass);
        b.putShort(at + 2, (short) (length > 65535 ? 0 : length));
        b.putShort(at + 4, (short) identification);
        b.putShort(at + 6, (short) (dontFragment ? 0x4000 : 0));
        b.put(at + 8, (byte) hopLimit);
        b.put(at + 9, (byte) IpPacket.PROTOCOL_TCP);
        b.putShort(at + 10, (short) 0);
        b.putInt(at + 12, (int) sourceLo);
        b.putInt(at + 16, (int) destinationLo);
        b.put(at + IPV4_HEADER_LENGTH, ipExtension);
        b.putShort(at + 10, (short) InternetChecksum.finish(InternetChecksum.sum(b, at, headerLength, 0)));
    }

    private void writeIpv6(ByteBuffer b, int at, int length) {
        int payloadLength = length - IPV6_HEADER_LENGTH;
        b.putInt(at, 6 << 28 | trafficClass << 20 | flowLabel);
        b.putShort(at + 4, (short) (payloadLength > 65535 ? 0 : payloadLength));
        b.put(at + 6, (byte) ipExtensionProtocol);
        b.put(at + 7, (byte) hopLimit);
        b.putLong(at + 8, sourceHi);
        b.putLong(at + 16, sourceLo);
        b.putLong(at + 24, destinationHi);
        b.putLong(at + 32, destinationLo);
        b.put(at + IPV6_HEADER_LENGTH, ipExtension);
    }

    private void writeTcp(ByteBuffer b, int tcp) {
        int headerLength = tcpHeaderLength();
        TcpHeader.sourcePort(b, tcp, sourcePort);
        TcpHeader.destinationPort(b, tcp, destinationPort);
        TcpHeader.seq(b, tcp, seq);
        TcpHeader.ack(b, tcp, ack);
        TcpHeader.headerLengthAndFlags(b, tcp, headerLength, flags);
        TcpHeader.window(b, tcp, window);
        TcpHeader.checksum(b, tcp, 0);
        TcpHeader.urgentPointer(b, tcp, urgentPointer);
        byte[] list = options.toByteArray();
        b.put(tcp + TcpHeader.OPTIONS_FIELD_OFFSET, list);
        for (int at = TcpHeader.OPTIONS_FIELD_OFFSET + list.length; at < headerLength; at++) {
            b.put(tcp + at, (byte) TcpOptions.NOP);
        }
        b.put(tcp + headerLength, payload);
    }
}
