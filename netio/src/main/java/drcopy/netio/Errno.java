// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

/** The kernel's error numbers that this package meets, with what they mean here. Immutable. */
public enum Errno {
    /** The kernel's firewall or a missing capability. */
    EPERM(1, "not permitted: a firewall rule dropped it, or CAP_NET_RAW/CAP_NET_ADMIN is missing"),
    /** No such object. */
    ENOENT(2, "no such object"),
    /** A signal came first. */
    EINTR(4, "interrupted by a signal"),
    /** An input or output error. */
    EIO(5, "input/output error"),
    /** No such device or address. */
    ENXIO(6, "no such device or address"),
    /** A stale file descriptor. */
    EBADF(9, "the file descriptor is closed"),
    /** No room now. */
    EAGAIN(11, "the socket's buffer is full"),
    /** No memory in the kernel. */
    ENOMEM(12, "the kernel has no memory for it"),
    /** Access denied. */
    EACCES(13, "access denied"),
    /** A bad pointer. */
    EFAULT(14, "bad address"),
    /** The object is in use. */
    EBUSY(16, "in use by another"),
    /** The object exists. */
    EEXIST(17, "exists already"),
    /** The device is gone. */
    ENODEV(19, "no such device"),
    /** The kernel does not understand the arguments, or the packet's header. */
    EINVAL(22, "invalid argument or packet header"),
    /** Too many open files. */
    EMFILE(24, "too many open files"),
    /** Too long for the next link. */
    EMSGSIZE(90, "packet exceeds MTU"),
    /** The option is not known. */
    ENOPROTOOPT(92, "option not known to this kernel"),
    /** The protocol is not there. */
    EPROTONOSUPPORT(93, "protocol not supported by this kernel"),
    /** The operation is not there. */
    EOPNOTSUPP(95, "not supported by this kernel"),
    /** The address family is not there. */
    EAFNOSUPPORT(97, "address family not supported: is IPv6 switched off?"),
    /** The address is in use. */
    EADDRINUSE(98, "address in use"),
    /** The source address cannot be used. */
    EADDRNOTAVAIL(99, "address not available"),
    /** The device is down. */
    ENETDOWN(100, "device is down"),
    /** No route. */
    ENETUNREACH(101, "no route to the network"),
    /** A queue of the kernel is full. */
    ENOBUFS(105, "a queue of the kernel or the device is full"),
    /** No answer. */
    ETIMEDOUT(110, "timed out"),
    /** Nobody listens. */
    ECONNREFUSED(111, "refused"),
    /** The neighbour does not answer. */
    EHOSTUNREACH(113, "no route to the host, or its neighbour entry failed");

    /** One more than the largest error number that Linux returns from a socket call. */
    static final int LIMIT = 134;

    private static final Errno[] BY_NUMBER = new Errno[LIMIT];

    static {
        for (Errno errno : values()) {
            BY_NUMBER[errno.number] = errno;
        }
    }

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The number, as in errno(3). */
    public int number() {
        return number;
    }

    /** One clause for people. */
    public String text() {
        return text;
    }

    /** {@code EMSGSIZE(90)}, or {@code errno(77)} for a number without a name here. */
    public static String name(int number) {
        Errno errno = find(number);
        return errno == null ? "errno(" + number + ")" : errno.name() + "(" + number + ")";
    }

    /** What the number means, or a clause that says that nobody knows. */
    public static String text(int number) {
        Errno errno = find(number);
        return errno == null ? "see errno(3)" : errno.text;
    }

    private static Errno find(int number) {
        return number >= 0 && number < LIMIT ? BY_NUMBER[number] : null;
    }
}
