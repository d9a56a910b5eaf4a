// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.nio.ByteBuffer;

/**
 * Packets of one address family on their way to one raw socket: an array of mmsghdr for sendmmsg(2), with an iovec and a
 * destination address each. Owned by the sending thread.
 *
 * <pre>
 * mmsghdr, 64 bytes: +0 name  +8 name length (u32)  +16 iovec  +24 iovec count  +56 bytes sent (u32)
 * sockaddr_in   +0 family  +4 address            sockaddr_in6  +0 family  +8 address
 * </pre>
 */
final class SendBatch {
    private static final int MESSAGE_BYTES = 64;
    private static final int IOVEC_BYTES = 16;
    private static final int ADDRESS_BYTES = 28;

    private final int fd;
    private final boolean isIpv6;
    private final SendErrors errors;
    private final NativeMemory messages;
    private final NativeMemory iovecs;
    private final NativeMemory addresses;
    /** The addresses in network order. */
    private final ByteBuffer destinations;

    private int count;
    private long sent;

    /** A batch of at most {@code capacity} packets for the raw socket {@code fd}; a negative one refuses all. */
    SendBatch(int fd, boolean isIpv6, int capacity, SendErrors errors) {
        this.fd = fd;
        this.isIpv6 = isIpv6;
        this.errors = errors;
        messages = NativeMemory.allocate(capacity * MESSAGE_BYTES);
        iovecs = NativeMemory.allocate(capacity * IOVEC_BYTES);
        addresses = NativeMemory.allocate(capacity * ADDRESS_BYTES);
        destinations = addresses.networkOrder(0, capacity * ADDRESS_BYTES);
        for (int i = 0; i < capacity; i++) {
            messages.buffer()
                    .putLong(i * MESSAGE_BYTES, addresses.address() + (long) i * ADDRESS_BYTES)
                    .putInt(i * MESSAGE_BYTES + 8, isIpv6 ? ADDRESS_BYTES : 16)
                    .putLong(i * MESSAGE_BYTES + 16, iovecs.address() + (long) i * IOVEC_BYTES)
                    .putLong(i * MESSAGE_BYTES + 24, 1);
            addresses.buffer().putShort(i * ADDRESS_BYTES, (short) (isIpv6 ? Libc.AF_INET6 : Libc.AF_INET));
        }
    }

    /** Adds a packet; {@code packet} is its bytes in network order, at {@code address}. */
    void add(ByteBuffer packet, long address, int length) {
        int at = count * ADDRESS_BYTES;
        if (isIpv6) {
            destinations.putLong(at + 8, packet.getLong(24)).putLong(at + 16, packet.getLong(32));
        } else {
            destinations.putInt(at + 4, packet.getInt(16));
        }
        iovecs.buffer().putLong(count * IOVEC_BYTES, address).putLong(count * IOVEC_BYTES + 8, length);
        count++;
    }

    /** Packets that the kernel took since the batch was made. */
    long sent() {
        return sent;
    }

    /**
     * Sends what was added. A packet that the kernel refuses is counted and skipped. When a buffer is full, the rest is tried
     * once more and then dropped: to TCP that is loss, which it heals at a rate the link can take; waiting would hold up all
     * other sessions.
     */
    void flush() {
        int done = 0;
        boolean isRetry = false;
        while (done < count) {
            int result = fd < 0
                    ? -1
                    : Libc.sendmmsg(
                            fd, messages.address() + (long) done * MESSAGE_BYTES, count - done, Libc.MSG_DONTWAIT);
            if (result > 0) {
                done += result;
                sent += result;
                isRetry = false;
                continue;
            }
            int errno = fd < 0 ? Errno.EAFNOSUPPORT.number() : Libc.errno();
            if (isFull(errno)) {
                if (isRetry) {
                    errors.add(errno, count - done);
                    break;
                }
                isRetry = true;
            } else if (errno != Errno.EINTR.number()) {
                errors.add(errno, 1);
                done++;
            }
        }
        count = 0;
    }

    private static boolean isFull(int errno) {
        return errno == Errno.EAGAIN.number() || errno == Errno.ENOBUFS.number() || errno == Errno.ENOMEM.number();
    }
}
