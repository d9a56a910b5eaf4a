// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import com.sun.jna.Native;

/**
 * The C library's calls that this package makes, bound by JNA's direct mapping. Pointers are plain longs, so that a call
 * allocates nothing. Names and constants are those of the Linux headers (x86-64 and aarch64 agree on all of them). After a
 * call that returned -1, {@link #errno} tells why.
 */
final class Libc {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int AF_PACKET = 17;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int IPPROTO_RAW = 255;
    static final int SOL_IP = 0;
    static final int SOL_SOCKET = 1;
    static final int SOL_IPV6 = 41;
    static final int SOL_PACKET = 263;
    static final int SO_RCVTIMEO = 20;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_SNDBUF = 7;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_MARK = 36;
    static final int IP_RECVERR = 11;
    static final int IPV6_RECVERR = 25;
    static final int SIOCETHTOOL = 0x8946;
    static final int MSG_DONTWAIT = 0x40;
    static final int PROT_READ_WRITE = 3;
    static final int MAP_SHARED_POPULATE = 0x8001;
    static final int POLLIN = 1;
    static final int EPOLLIN = 1;
    static final int EPOLL_CTL_ADD = 1;
    static final int CLOEXEC = 0x80000;
    static final int NONBLOCK = 0x800;
    static final int PR_SET_TIMERSLACK = 29;

    static {
        Native.register(Libc.class, "c");
    }

    private Libc() {}

    /** Error number of the calling thread's last call that failed. */
    static int errno() {
        return Native.getLastError();
    }

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, long address, int length);

    static native int setsockopt(int fd, int level, int name, long value, int length);

    static native int getsockopt(int fd, int level, int name, long value, long lengthPointer);

    static native int ioctl(int fd, long request, long argument);

    static native long mmap(long address, long length, int protection, int flags, int fd, long offset);

    static native int munmap(long address, long length);

    static native int close(int fd);

    static native long read(int fd, long buffer, long count);

    static native long write(int fd, long buffer, long count);

    static native long send(int fd, long buffer, long length, int flags);

    static native long recv(int fd, long buffer, long length, int flags);

    static native int sendmmsg(int fd, long messages, int count, int flags);

    static native int eventfd(int initial, int flags);

    static native int ppoll(long fds, long count, long timeout, long signals);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epoll, int operation, int fd, long event);

    static native int prctl(int option, long argument2, long argument3, long argument4, long argument5);

    static native int if_nametoindex(String name);
}
