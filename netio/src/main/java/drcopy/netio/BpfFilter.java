// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A classic BPF program for packets that begin with their IP header (DLT_RAW), made by libpcap from the text of a filter
 * (pcap-filter(7)). Immutable, except for the memory that {@link #matches} works in.
 */
public final class BpfFilter {
    private static final int DLT_RAW = 12;
    private static final int NETMASK_UNKNOWN = -1;
    private static final int INSTRUCTION_BYTES = 8;
    private static final int MAX_SNAPLEN = 262144;

    // linux/bpf_common.h and linux/filter.h: loads of a packet's metadata, compare, return.
    private static final int LOAD_WORD = 0x20;
    private static final int LOAD_HALF = 0x28;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP = 0x05;
    private static final int RETURN = 0x06;
    private static final int METADATA = -0x1000;
    private static final int PACKET_TYPE = METADATA + 4;
    private static final int DEVICE_INDEX = METADATA + 8;
    private static final int DEVICE_TYPE = METADATA + 28;
    /** SKF_NET_OFF: where the IP header is. */
    private static final int NETWORK_HEADER = -0x100000;

    private static final int PACKET_OUTGOING = 4;
    /** ARPHRD_ETHER, ARPHRD_LOOPBACK (linux/if_arp.h). */
    private static final int TYPE_ETHERNET = 1;

    private static final int TYPE_LOOPBACK = 772;
    private static final int ETHERNET_BYTES = 14;

    // A class and an addressing mode are in every operation; these load from the packet.
    private static final int CLASS = 0x07;
    private static final int CLASS_LOAD = 0x00;
    private static final int CLASS_LOAD_INDEX = 0x01;
    private static final int MODE = 0xe0;
    private static final int ABSOLUTE = 0x20;
    private static final int INDIRECT = 0x40;
    private static final int HEADER_LENGTH = 0xa0;

    private final byte[] code;
    private NativeMemory program;
    private NativeMemory packet;

    private BpfFilter(byte[] code) {
        this.code = code;
    }

    /** Compiles a filter that takes whole packets. An empty text takes every packet. */
    public static BpfFilter compile(String text) {
        return compile(text, MAX_SNAPLEN);
    }

    /**
     * Compiles a filter that keeps {@code snaplen} bytes of what it takes.
     *
     * @throws FilterException with libpcap's own words when the text is no filter
     */
    public static synchronized BpfFilter compile(String text, int snaplen) {
        NativeMemory program = NativeMemory.allocate(16);
        long pcap = Libpcap.pcap_open_dead(DLT_RAW, snaplen);
        try {
            if (Libpcap.pcap_compile(pcap, program.address(), text, 1, NETMASK_UNKNOWN) < 0) {
                Pointer reason = Libpcap.pcap_geterr(pcap);
                throw new FilterException(text, reason.getString(0));
            }
            int count = program.buffer().getInt(0);
            byte[] code = new Pointer(program.buffer().getLong(8)).getByteArray(0, count * INSTRUCTION_BYTES);
            Libpcap.pcap_freecode(program.address());
            return new BpfFilter(code);
        } finally {
            Libpcap.pcap_close(pcap);
            Reference.reachabilityFence(program);
        }
    }

    /** True unless libpcap can prove that the filter takes no packet that also matches {@code primitive}. */
    static boolean mayMatch(String text, String primitive) {
        if (text.isBlank()) {
            return true;
        }
        try {
            compile("(" + text + ") and " + primitive);
            return true;
        } catch (FilterException e) {
            return false;
        }
    }

    /** The program that takes no packet. */
    static BpfFilter none() {
        return new BpfFilter(instruction(RETURN, 0, 0, 0));
    }

    /** This filter, for packets that this host sends only. */
    BpfFilter andOutgoing() {
        return after(
                instruction(LOAD_WORD, 0, 0, PACKET_TYPE),
                instruction(JUMP_EQUAL, 1, 0, PACKET_OUTGOING),
                instruction(RETURN, 0, 0, 0));
    }

    /** This filter, for packets of these devices only. At most 200 devices. */
    BpfFilter andDevices(int... indexes) {
        byte[][] prelude = new byte[indexes.length + 2][];
        prelude[0] = instruction(LOAD_WORD, 0, 0, DEVICE_INDEX);
        for (int i = 0; i < indexes.length; i++) {
            prelude[i + 1] = instruction(JUMP_EQUAL, indexes.length - i, 0, indexes[i]);
        }
        prelude[indexes.length + 1] = instruction(RETURN, 0, 0, 0);
        return after(prelude);
    }

    /** This filter, for packets of IP behind the rest of the first of so many VLAN tags ({@link TaggedRing}). */
    BpfFilter behindTags(int tags) {
        int bytes = tags * TaggedRing.TAG_BYTES;
        return new BpfFilter(moved(bytes, bytes))
                .after(
                        instruction(LOAD_HALF, 0, 0, bytes - 2),
                        instruction(JUMP_EQUAL, 2, 0, PacketSocket.ETH_P_IP),
                        instruction(JUMP_EQUAL, 1, 0, PacketSocket.ETH_P_IPV6),
                        instruction(RETURN, 0, 0, 0));
    }

    /**
     * This filter, for packets that begin with their link's header. Of Ethernet and the loopback that has 14 bytes. Elsewhere the
     * kernel knows where the IP header is, but it looks at bytes only that lie in the packet's linear part, as tunnels leave them.
     */
    BpfFilter behindLink() {
        byte[] ethernet = moved(ETHERNET_BYTES, ETHERNET_BYTES);
        byte[] other = moved(NETWORK_HEADER, ETHERNET_BYTES);
        byte[] both = ByteBuffer.allocate(ethernet.length + other.length)
                .put(ethernet)
                .put(other)
                .array();
        return new BpfFilter(both)
                .after(
                        instruction(LOAD_WORD, 0, 0, DEVICE_TYPE),
                        instruction(JUMP_EQUAL, 2, 0, TYPE_ETHERNET),
                        instruction(JUMP_EQUAL, 1, 0, TYPE_LOOPBACK),
                        instruction(JUMP, 0, 0, ethernet.length / INSTRUCTION_BYTES));
    }

    /** The same program with its loads {@code by} bytes further, which keeps {@code more} bytes. */
    private byte[] moved(int by, int more) {
        ByteBuffer moved = ByteBuffer.wrap(code.clone()).order(ByteOrder.nativeOrder());
        for (int at = 0; at < code.length; at += INSTRUCTION_BYTES) {
            int operation = moved.getShort(at);
            int constant = moved.getInt(at + 4);
            if (operation == RETURN && constant != 0) {
                moved.putInt(at + 4, constant + more);
            } else if (loadsFromPacket(operation)) {
                moved.putInt(at + 4, constant + by);
            }
        }
        return moved.array();
    }

    /** Metadata is never looked at by what libpcap makes of a text. */
    private static boolean loadsFromPacket(int operation) {
        int mode = operation & MODE;
        return switch (operation & CLASS) {
            case CLASS_LOAD -> mode == ABSOLUTE || mode == INDIRECT;
            case CLASS_LOAD_INDEX -> mode == HEADER_LENGTH;
            default -> false;
        };
    }

    private BpfFilter after(byte[]... prelude) {
        ByteBuffer joined = ByteBuffer.allocate(prelude.length * INSTRUCTION_BYTES + code.length);
        for (byte[] instruction : prelude) {
            joined.put(instruction);
        }
        return new BpfFilter(joined.put(code).array());
    }

    private static byte[] instruction(int operation, int jumpTrue, int jumpFalse, int constant) {
        return ByteBuffer.allocate(INSTRUCTION_BYTES)
                .order(ByteOrder.nativeOrder())
                .putShort((short) operation)
                .put((byte) jumpTrue)
                .put((byte) jumpFalse)
                .putInt(constant)
                .array();
    }

    /**
     * Does it take this packet? Run by libpcap, for packets that come from a file. One thread.
     *
     * @param offset index of the IP header
     */
    boolean matches(ByteBuffer buffer, int offset, int capturedLength, int wireLength) {
        if (program == null) {
            program = NativeMemory.allocate(code.length);
            program.buffer().put(0, code);
            packet = NativeMemory.allocate(MAX_SNAPLEN);
        }
        packet.buffer().put(0, buffer, offset, capturedLength);
        return Libpcap.bpf_filter(program.address(), packet.address(), wireLength, capturedLength) != 0;
    }

    /** How many instructions the program has. */
    int length() {
        return code.length / INSTRUCTION_BYTES;
    }

    /** Makes it the filter of a socket, at once for all packets that arrive from now on. */
    void attach(int fd) {
        NativeMemory instructions = NativeMemory.allocate(code.length);
        instructions.buffer().put(0, code);
        NativeMemory program = NativeMemory.allocate(16);
        program.buffer().putShort(0, (short) length()).putLong(8, instructions.address());
        try {
            int result = Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, program.address(), 16);
            KernelException.check(result, "setsockopt(SO_ATTACH_FILTER, " + length() + " instructions)");
        } finally {
            Reference.reachabilityFence(instructions);
            Reference.reachabilityFence(program);
        }
    }
}
