// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The packets of an NFQUEUE (linux/netfilter/nfnetlink_queue.h), each dropped after its handler has seen it: one verdict ends
 * a whole batch. When nobody reads, the kernel's queue fills and further packets are dropped. Owned by one thread.
 */
public final class NfQueueSource implements PacketSource {
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_NO_ENOBUFS = 5;
    private static final int RECEIVE_BUFFER = 8 * 1024 * 1024;

    // Messages of the subsystem, and of their attributes those used here.
    private static final int SUBSYSTEM = 3 << 8;
    private static final int MESSAGE_PACKET = SUBSYSTEM;
    private static final int MESSAGE_CONFIG = SUBSYSTEM | 2;
    private static final int MESSAGE_VERDICT_BATCH = SUBSYSTEM | 3;
    private static final int CONFIG_COMMAND = 1;
    private static final int CONFIG_PARAMETERS = 2;
    private static final int CONFIG_MAX_LENGTH = 3;
    private static final int CONFIG_MASK = 4;
    private static final int CONFIG_FLAGS = 5;
    private static final int PACKET_HEADER = 1;
    private static final int PACKET_PAYLOAD = 10;
    private static final int PACKET_WIRE_LENGTH = 13;
    private static final int VERDICT_HEADER = 2;

    private static final int COPY_PACKET = 2;
    private static final int FLAG_GSO = 4;
    private static final int ATTRIBUTES = Netlink.NETFILTER_ATTRIBUTES;
    private static final int ATTRIBUTE_TYPE = 0x3fff;
    private static final int ROOM_FOR_ATTRIBUTES = 512;

    private final int fd;
    private final int queue;
    private final NativeMemory message;
    private final ByteBuffer packets;
    private final NativeMemory verdict = NativeMemory.allocate(ATTRIBUTES + 12);
    private final ByteBuffer verdictInNetworkOrder = verdict.networkOrder(0, ATTRIBUTES + 12);
    private final long epochMinusNanoTime;
    private boolean isClosed;

    // The attributes of the message at hand.
    private int id;
    private int payloadOffset;
    private int payloadLength;
    private int wireLength;

    /**
     * Takes a queue.
     *
     * @param queue its number, 0..65535
     * @param snaplen bytes of each packet, 64..65535
     * @param maxLength packets that may wait in the kernel
     * @throws KernelException without CAP_NET_ADMIN, or when another process has the queue
     */
    public NfQueueSource(int queue, int snaplen, int maxLength) {
        this.queue = queue;
        message = NativeMemory.allocate(snaplen + ROOM_FOR_ATTRIBUTES);
        packets = message.networkOrder(0, snaplen + ROOM_FOR_ATTRIBUTES);
        epochMinusNanoTime = System.currentTimeMillis() * 1_000_000L - System.nanoTime();
        fd = Netlink.open(Netlink.NETLINK_NETFILTER, 0, "NETLINK_NETFILTER");
        try {
            configure(snaplen, maxLength);
        } catch (KernelException e) {
            Libc.close(fd);
            if (e.errno() == Errno.EBUSY.number() || e.errno() == Errno.EPERM.number()) {
                throw new KernelException(
                        e.call(), e.errno(), "CAP_NET_ADMIN is missing, or another process reads this queue");
            }
            throw e;
        }
        prepareVerdict();
    }

    private void configure(int snaplen, int maxLength) {
        byte[] bind = {1, 0, 0, 0};
        byte[] parameters =
                ByteBuffer.allocate(5).putInt(snaplen).put((byte) COPY_PACKET).array();
        request(new Netlink.Attribute(CONFIG_COMMAND, bind));
        request(new Netlink.Attribute(CONFIG_PARAMETERS, parameters));
        request(Netlink.Attribute.bigEndian(CONFIG_MAX_LENGTH, maxLength));
        // Super-packets come whole; the flag to fail open stays off.
        request(
                Netlink.Attribute.bigEndian(CONFIG_FLAGS, FLAG_GSO),
                Netlink.Attribute.bigEndian(CONFIG_MASK, FLAG_GSO));
        Sockets.option(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, "SO_RCVBUFFORCE", RECEIVE_BUFFER);
        Sockets.option(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, "NETLINK_NO_ENOBUFS", 1);
    }

    private void request(Netlink.Attribute... attributes) {
        Netlink.request(fd, MESSAGE_CONFIG, queue, "configure(NFQUEUE " + queue + ")", attributes);
    }

    private void prepareVerdict() {
        ByteBuffer buffer = verdict.buffer();
        Netlink.header(buffer, ATTRIBUTES + 12, MESSAGE_VERDICT_BATCH, Netlink.REQUEST);
        Netlink.netfilterHeader(verdict, queue);
        buffer.putShort(ATTRIBUTES, (short) 12).putShort(ATTRIBUTES + 2, (short) VERDICT_HEADER);
        buffer.putInt(ATTRIBUTES + 4, 0); // NF_DROP
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        int done = 0;
        boolean isAnyTaken = false;
        try {
            while (done < limit && !isClosed) {
                long length = Libc.recv(fd, message.address(), message.buffer().capacity(), Libc.MSG_DONTWAIT);
                if (length <= 0) {
                    break;
                }
                done++;
                if (parse((int) length)) {
                    isAnyTaken = true;
                    long now = System.nanoTime() + epochMinusNanoTime;
                    handler.onPacket(packets, payloadOffset, payloadLength, wireLength, now);
                }
            }
        } finally {
            if (isAnyTaken) {
                sendVerdict();
            }
        }
        return done;
    }

    /** Finds the attributes of a packet's message; false when it is another message or has no payload. */
    private boolean parse(int length) {
        ByteBuffer buffer = message.buffer();
        if (length < ATTRIBUTES || buffer.getShort(4) != MESSAGE_PACKET) {
            return false;
        }
        boolean hasId = false;
        payloadLength = 0;
        wireLength = 0;
        int at = ATTRIBUTES;
        while (at + 4 <= length) {
            int attributeLength = buffer.getShort(at) & 0xffff;
            if (attributeLength < 4 || at + attributeLength > length) {
                break;
            }
            switch (buffer.getShort(at + 2) & ATTRIBUTE_TYPE) {
                case PACKET_HEADER -> {
                    id = packets.getInt(at + 4);
                    hasId = true;
                }
                case PACKET_PAYLOAD -> {
                    payloadOffset = at + 4;
                    payloadLength = attributeLength - 4;
                }
                case PACKET_WIRE_LENGTH -> wireLength = packets.getInt(at + 4);
                default -> {}
            }
            at += attributeLength + 3 & ~3;
        }
        wireLength = Math.max(wireLength, payloadLength);
        return hasId && payloadLength > 0;
    }

    /** Drops everything up to the packet at hand. */
    private void sendVerdict() {
        verdictInNetworkOrder.putInt(ATTRIBUTES + 8, id);
        Libc.send(fd, verdict.address(), ATTRIBUTES + 12, 0);
    }

    @Override
    public int fileDescriptor() {
        return fd;
    }

    /** {@inheritDoc} From /proc; of the caller's network namespace. Any thread. */
    @Override
    public long kernelDrops() {
        try {
            // Number, port, waiting, mode, range, dropped for length, dropped for the socket's buffer, last id.
            for (String line : Files.readAllLines(Path.of("/proc/thread-self/net/netfilter/nfnetlink_queue"))) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns.length > 6 && columns[0].equals("" + queue)) {
                    return Long.parseLong(columns[5]) + Long.parseLong(columns[6]);
                }
            }
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
        return 0;
    }

    /** Gives the queue back: from now on its packets are dropped by the kernel. */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            Libc.close(fd);
        }
    }
}
