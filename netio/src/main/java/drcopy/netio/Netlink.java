// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** Netlink sockets and the frames of their messages (linux/netlink.h). All offsets from the message's first byte. */
final class Netlink {
    static final int NETLINK_ROUTE = 0;
    static final int NETLINK_NETFILTER = 12;
    static final int HEADER_BYTES = 16;
    /** Where the attributes of a netfilter message begin: after nlmsghdr and nfgenmsg. */
    static final int NETFILTER_ATTRIBUTES = HEADER_BYTES + 4;

    static final int REQUEST = 1;

    private static final int ACK = 4;
    private static final int MESSAGE_ERROR = 2;

    private Netlink() {}

    /** A socket that hears these multicast groups, a bit each. */
    static int open(int protocol, int groups, String name) {
        int fd = Sockets.open(Libc.AF_NETLINK, Libc.SOCK_RAW, protocol, name);
        NativeMemory address = NativeMemory.allocate(12); // sockaddr_nl
        address.buffer().putShort(0, (short) Libc.AF_NETLINK).putInt(8, groups);
        try {
            KernelException.check(Libc.bind(fd, address.address(), 12), "bind(" + name + ")");
            return fd;
        } catch (RuntimeException e) {
            Libc.close(fd);
            throw e;
        } finally {
            Reference.reachabilityFence(address);
        }
    }

    /** Writes nlmsghdr at index 0. */
    static void header(ByteBuffer message, int length, int type, int flags) {
        message.putInt(0, length)
                .putShort(4, (short) type)
                .putShort(6, (short) flags)
                .putInt(8, 0)
                .putInt(12, 0);
    }

    /** Writes nfgenmsg after the header: any family, version 0, the queue's number. */
    static void netfilterHeader(NativeMemory message, int resource) {
        message.buffer().putShort(HEADER_BYTES, (short) 0);
        message.networkOrder(HEADER_BYTES, 4).putShort(2, (short) resource);
    }

    /** Sends a netfilter request with these attributes and takes its acknowledgment. */
    static void request(int fd, int type, int resource, String name, Attribute... attributes) {
        NativeMemory message = NativeMemory.allocate(256);
        int at = NETFILTER_ATTRIBUTES;
        for (Attribute attribute : attributes) {
            int length = 4 + attribute.value.length;
            message.buffer().putShort(at, (short) length).putShort(at + 2, (short) attribute.type);
            message.buffer().put(at + 4, attribute.value);
            at += length + 3 & ~3;
        }
        header(message.buffer(), at, type, REQUEST | ACK);
        netfilterHeader(message, resource);
        try {
            if (Libc.send(fd, message.address(), at, 0) < 0) {
                throw new KernelException("send(" + name + ")", Libc.errno());
            }
        } finally {
            Reference.reachabilityFence(message);
        }
        awaitAcknowledgment(fd, name);
    }

    private static void awaitAcknowledgment(int fd, String name) {
        NativeMemory answer = NativeMemory.allocate(4096);
        try {
            int type = 0;
            while (type != MESSAGE_ERROR) {
                if (Libc.recv(fd, answer.address(), 4096, 0) < 0) {
                    throw new KernelException("recv(" + name + ")", Libc.errno());
                }
                type = answer.buffer().getShort(4);
            }
            int errno = -answer.buffer().getInt(HEADER_BYTES);
            if (errno != 0) {
                throw new KernelException(name, errno);
            }
        } finally {
            Reference.reachabilityFence(answer);
        }
    }

    /** An attribute of a request, its value as the kernel reads it. */
    static final class Attribute {
        private final int type;
        private final byte[] value;

        Attribute(int type, byte[] value) {
            this.type = type;
            this.value = value;
        }

        /** One whose value is a 32-bit number in network order. */
        static Attribute bigEndian(int type, int value) {
            return new Attribute(type, ByteBuffer.allocate(4).putInt(value).array());
        }
    }
}
