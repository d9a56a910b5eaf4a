// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads pcapng files (draft-ietf-opsawg-pcapng): any number of sections, of either byte order, and of interfaces, each with its
 * own link type and resolution of time. Blocks that carry no packet are passed over.
 *
 * <pre>
 * block:     0 type  4 total length  8 body ...  total length again
 * enhanced:  8 interface  12 time, high  16 low  20 captured length  24 length on the wire  28 bytes
 * obsolete:  the same, with an interface of 16 bits
 * simple:    8 length on the wire  12 bytes
 * </pre>
 */
final class PcapngReader implements FrameReader {
    /** The first bytes of every file, a palindrome. */
    static final int SECTION_HEADER = 0x0a0d0d0a;

    private static final int INTERFACE = 1;
    private static final int OBSOLETE_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int BLOCK_FRAME = 12;
    private static final int PACKET_HEADER = 20;
    private static final int MAX_INTERFACE_BYTES = 65_536;
    private static final int MAX_INTERFACES = 65_536;

    private final CaptureInput input;
    private final byte[] header = new byte[PACKET_HEADER];
    private final List<Interface> interfaces = new ArrayList<>();
    private ByteOrder order = ByteOrder.BIG_ENDIAN;
    private ByteBuffer fields = ByteBuffer.wrap(header);

    /** @param input behind the type of the first section header */
    PcapngReader(CaptureInput input) throws IOException {
        this.input = input;
        beginSection();
    }

    @Override
    public boolean next(CaptureFrame frame) throws IOException {
        while (!input.isAtEnd()) {
            input.read(header, 0, 4);
            int type = fields.getInt(0);
            if (type == SECTION_HEADER) {
                beginSection();
                continue;
            }
            input.read(header, 0, 4);
            if (takeBlock(type, checkedLength(fields.getInt(0)), frame)) {
                return true;
            }
        }
        return false;
    }

    private static long checkedLength(int length) throws IOException {
        long bytes = length & 0xffffffffL;
        if (bytes < BLOCK_FRAME || bytes % 4 != 0) {
            throw new IOException("a block claims " + bytes + " bytes");
        }
        return bytes;
    }

    /** Behind the type: length, in the order that the next word tells. */
    private void beginSection() throws IOException {
        input.read(header, 0, 8);
        for (ByteOrder candidate : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            fields = ByteBuffer.wrap(header).order(candidate);
            if (fields.getInt(4) == BYTE_ORDER_MAGIC) {
                order = candidate;
                interfaces.clear();
                input.skip(Math.max(0, checkedLength(fields.getInt(0)) - BLOCK_FRAME));
                return;
            }
        }
        throw new IOException("a section header has no byte order");
    }

    /**
     * Reads a block to its end.
     *
     * @param length of the whole block
     * @return true when it was a packet
     */
    private boolean takeBlock(int type, long length, CaptureFrame frame) throws IOException {
        long body = length - BLOCK_FRAME;
        boolean isPacket =
                switch (type) {
                    case INTERFACE -> addInterface(body);
                    case ENHANCED_PACKET -> takePacket(body, frame, 0xffffffffL);
                    case OBSOLETE_PACKET -> takePacket(body, frame, order == ByteOrder.BIG_ENDIAN ? -16 : 0xffffL);
                    case SIMPLE_PACKET -> takeSimplePacket(body, frame);
                    default -> skip(body);
                };
        skipTrailer(isPacket, frame);
        return isPacket;
    }

    private boolean skip(long bytes) throws IOException {
        input.skip(bytes);
        return false;
    }

    /** A whole packet counts even when the file ends right behind it. */
    private void skipTrailer(boolean isPacket, CaptureFrame frame) throws IOException {
        try {
            input.skip(4);
        } catch (EOFException e) {
            if (!isPacket || frame.length == 0) {
                throw e;
            }
        }
    }

    private boolean addInterface(long body) throws IOException {
        if (body < 8 || body > MAX_INTERFACE_BYTES || interfaces.size() == MAX_INTERFACES) {
            throw new IOException("an interface description claims " + body + " bytes");
        }
        byte[] description = new byte[(int) body];
        input.read(description, 0, description.length);
        interfaces.add(Interface.parse(ByteBuffer.wrap(description).order(order)));
        return false;
    }

    /** @param interfaceMask bits of the first word that name the interface; -16: its upper half */
    private boolean takePacket(long body, CaptureFrame frame, long interfaceMask) throws IOException {
        require(body >= PACKET_HEADER, body);
        input.read(header, 0, PACKET_HEADER);
        long word = fields.getInt(0) & 0xffffffffL;
        Interface from = find(interfaceMask == -16 ? word >>> 16 : word & interfaceMask);
        long units = (long) fields.getInt(4) << 32 | fields.getInt(8) & 0xffffffffL;
        long captured = fields.getInt(12) & 0xffffffffL;
        require(captured <= body - PACKET_HEADER, captured);
        frame.linkType(from.linkType);
        frame.timestampNs = from.nanoseconds(units);
        frame.read(input, captured, fields.getInt(16) & 0xffffffffL);
        input.skip(body - PACKET_HEADER - captured);
        return true;
    }

    /** Without a time: it has that of the packet before it. */
    private boolean takeSimplePacket(long body, CaptureFrame frame) throws IOException {
        require(body >= 4, body);
        input.read(header, 0, 4);
        Interface from = find(0);
        long wire = fields.getInt(0) & 0xffffffffL;
        long captured = Math.min(Math.min(wire, from.snaplen), body - 4);
        frame.linkType(from.linkType);
        frame.read(input, captured, wire);
        input.skip(body - 4 - captured);
        return true;
    }

    private Interface find(long number) throws IOException {
        if (number >= interfaces.size()) {
            throw new IOException("a packet is of interface " + number + ", which is not described");
        }
        return interfaces.get((int) number);
    }

    private static void require(boolean holds, long bytes) throws IOException {
        if (!holds) {
            throw new IOException("a packet block claims " + bytes + " bytes");
        }
    }

    @Override
    public String format() {
        return "pcapng";
    }

    /**
     * An interface description block.
     *
     * @param snaplen most bytes of a packet
     * @param resolution of its times: 10^-n seconds, or 2^-n with the top bit of the byte set
     * @param offsetSeconds added to its times
     */
    private record Interface(int linkType, long snaplen, int resolution, long offsetSeconds) {
        private static final int RESOLUTION = 9;
        private static final int OFFSET = 14;
        private static final int MICROSECONDS = 6;

        static Interface parse(ByteBuffer body) {
            int resolution = MICROSECONDS;
            long offset = 0;
            int at = 8;
            while (at + 4 <= body.limit()) {
                int code = body.getShort(at) & 0xffff;
                int length = body.getShort(at + 2) & 0xffff;
                at += 4;
                if (code == 0 || at + length > body.limit()) {
                    break;
                }
                if (code == RESOLUTION && length == 1) {
                    resolution = body.get(at) & 0xff;
                } else if (code == OFFSET && length == 8) {
                    offset = body.getLong(at);
                }
                at += (length + 3) & ~3;
            }
            long snaplen = body.getInt(4) & 0xffffffffL;
            return new Interface(
                    body.getShort(0) & 0xffff, snaplen == 0 ? CaptureFrame.MAX_BYTES : snaplen, resolution, offset);
        }

        /** Since 1970; what no clock could mean gives some number. */
        long nanoseconds(long units) {
            int n = resolution & 0x7f;
            boolean isBinary = (resolution & 0x80) != 0;
            long ns = isBinary ? ofBinary(units, n) : ofDecimal(units, n);
            return ns + offsetSeconds * 1_000_000_000L;
        }

        private static long ofBinary(long units, int n) {
            int coarse = Math.min(63, Math.max(0, n - 30)); // so that the product fits
            long scaled = units >>> coarse;
            int bits = Math.min(30, n);
            return (scaled >>> bits) * 1_000_000_000L + ((scaled & (1L << bits) - 1) * 1_000_000_000L >>> bits);
        }

        private static long ofDecimal(long units, int n) {
            long ns = units;
            for (int i = n; i < 9; i++) {
                ns *= 10;
            }
            for (int i = 9; i < Math.min(n, 30); i++) {
                ns /= 10;
            }
            return ns;
        }
    }
}
