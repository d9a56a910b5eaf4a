// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.nio.ByteBuffer;

/**
 * Packets of one address family on their way to one raw socket: an array of mmsghdr for sendmmsg(2), with a destination address
 * each and an iovec for every packet: one, or as many as a run of segments has. Owned by the sending thread.
 *
 * <pre>
 * mmsghdr, 64 bytes: +0 name  +8 name length (u32)  +16 iovec  +24 iovec count  +56 bytes sent (u32)
 * sockaddr_in   +0 family  +4 address            sockaddr_in6  +0 family  +8 address
 * sockaddr_ll   +0 family  +2 protocol, in network order  +4 device index, in native order
 * </pre>
 */
final class SendBatch {
    private static final int MESSAGE_BYTES = 64;
    private static final int IOVEC_BYTES = 16;
    private static final int ADDRESS_BYTES = 28;

    /** What a message's destination address is. */
    enum Addressing {
        IPV4(Libc.AF_INET, 16),
        IPV6(Libc.AF_INET6, ADDRESS_BYTES),
        /** sockaddr_ll: a device and a protocol; the frame says the rest. */
        DEVICE(Libc.AF_PACKET, 20);

        private final int family;
        private final int length;

        Addressing(int family, int length) {
            this.family = family;
            this.length = length;
        }
    }

    private final int fd;
    private final Addressing addressing;
    private final SendErrors errors;
    private final NativeMemory messages;
    private final NativeMemory iovecs;
    private final NativeMemory addresses;
    /** The addresses in network order. */
    private final ByteBuffer destinations;

    private int count;
    private int packets;
    private long sent;
    private long sentMessages;
    private int refusedRuns;

    /** A batch of at most {@code capacity} packets for the raw socket {@code fd}; a negative one refuses all. */
    SendBatch(int fd, Addressing addressing, int capacity, SendErrors errors) {
        this.fd = fd;
        this.addressing = addressing;
        this.errors = errors;
        messages = NativeMemory.allocate(capacity * MESSAGE_BYTES);
        iovecs = NativeMemory.allocate(capacity * IOVEC_BYTES);
        addresses = NativeMemory.allocate(capacity * ADDRESS_BYTES);
        destinations = addresses.networkOrder(0, capacity * ADDRESS_BYTES);
        for (int i = 0; i < capacity; i++) {
            messages.buffer()
                    .putLong(i * MESSAGE_BYTES, addresses.address() + (long) i * ADDRESS_BYTES)
                    .putInt(i * MESSAGE_BYTES + 8, addressing.length);
            addresses.buffer().putShort(i * ADDRESS_BYTES, (short) addressing.family);
        }
    }

    /** Adds a packet; {@code packet} is its bytes in network order, at {@code address}. */
    void add(ByteBuffer packet, long address, int length) {
        int at = count * ADDRESS_BYTES;
        if (addressing == Addressing.IPV6) {
            destinations.putLong(at + 8, packet.getLong(24)).putLong(at + 16, packet.getLong(32));
        } else {
            destinations.putInt(at + 4, packet.getInt(16));
        }
        add(address, length);
    }

    /** Adds a frame for a device. */
    void addFrame(int device, int protocol, long address, int length) {
        int at = count * ADDRESS_BYTES;
        destinations.putShort(at + 2, (short) protocol);
        addresses.buffer().putInt(at + 4, device);
        add(address, length);
    }

    private void add(long address, int length) {
        messages.buffer()
                .putLong(count * MESSAGE_BYTES + 16, iovecs.address() + (long) packets * IOVEC_BYTES)
                .putLong(count * MESSAGE_BYTES + 24, 1);
        addPiece(address, length);
        count++;
    }

    /** Adds a packet to the run that the last one began; its bytes follow that one's in the same message. */
    void extend(long address, int length) {
        int at = (count - 1) * MESSAGE_BYTES + 24;
        messages.buffer().putLong(at, messages.buffer().getLong(at) + 1);
        addPiece(address, length);
    }

    private void addPiece(long address, int length) {
        iovecs.buffer().putLong(packets * IOVEC_BYTES, address).putLong(packets * IOVEC_BYTES + 8, length);
        packets++;
    }

    /** Packets that the kernel took since the batch was made. */
    long sent() {
        return sent;
    }

    /** Messages that it took; fewer, where runs were among them. */
    long sentMessages() {
        return sentMessages;
    }

    /** Runs that the kernel did not take as such, since it last took one. */
    int refusedRuns() {
        return refusedRuns;
    }

    /**
     * Sends what was added. A message that the kernel refuses is counted, every packet of it, and skipped. When a buffer is
     * full, the rest is tried once more and then dropped: to TCP that is loss, which it heals at a rate the link can take;
     * waiting would hold up all other sessions.
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
                taken(done, result);
                done += result;
                isRetry = false;
                continue;
            }
            int errno = fd < 0 ? Errno.EAFNOSUPPORT.number() : Libc.errno();
            if (isFull(errno)) {
                if (isRetry) {
                    errors.add(errno, packets(done, count));
                    break;
                }
                isRetry = true;
            } else if (errno != Errno.EINTR.number()) {
                refused(done, errno);
                done++;
            }
        }
        count = 0;
        packets = 0;
    }

    private void taken(int from, int howMany) {
        int inThem = packets(from, from + howMany);
        sent += inThem;
        sentMessages += howMany;
        if (inThem > howMany) {
            refusedRuns = 0;
        }
    }

    private void refused(int message, int errno) {
        int inIt = packets(message, message + 1);
        errors.add(errno, inIt);
        if (inIt > 1 && (errno == Errno.EINVAL.number() || errno == Errno.EMSGSIZE.number())) {
            refusedRuns++;
        }
    }

    /** Packets of some messages. */
    private int packets(int from, int to) {
        if (packets == count) {
            return to - from;
        }
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += messages.buffer().getLong(i * MESSAGE_BYTES + 24);
        }
        return (int) sum;
    }

    private static boolean isFull(int errno) {
        return errno == Errno.EAGAIN.number() || errno == Errno.ENOBUFS.number() || errno == Errno.ENOMEM.number();
    }
}
