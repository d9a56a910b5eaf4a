// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.lang.ref.Reference;
import java.util.Arrays;

/** Socket calls with their failures as sentences. Any thread; for set-up, not for the hot path. */
final class Sockets {
    private static final int SEND_BUFFER = 8 * 1024 * 1024;

    private Sockets() {}

    static int open(int family, int type, int protocol, String name) {
        int fd = Libc.socket(family, type | Libc.SOCK_CLOEXEC, protocol);
        if (fd < 0) {
            throw new KernelException("socket(" + name + ")", Libc.errno());
        }
        return fd;
    }

    /** Sets an option whose value is one or more ints. */
    static void option(int fd, int level, int option, String name, int... value) {
        int errno = tryOption(fd, level, option, value);
        if (errno != 0) {
            throw new KernelException("setsockopt(" + name + ", " + Arrays.toString(value) + ")", errno);
        }
    }

    /** Like {@link #option}; returns the error number, or 0. */
    static int tryOption(int fd, int level, int option, int... value) {
        NativeMemory memory = NativeMemory.allocate(4 * value.length);
        for (int i = 0; i < value.length; i++) {
            memory.buffer().putInt(4 * i, value[i]);
        }
        try {
            int result = Libc.setsockopt(fd, level, option, memory.address(), 4 * value.length);
            return result < 0 ? Libc.errno() : 0;
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** Makes room for 8 MiB to be sent; without CAP_NET_ADMIN, for as much as net.core.wmem_max lets it be. */
    static void enlargeSendBuffer(int fd) {
        if (tryOption(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, SEND_BUFFER) != 0) {
            option(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUF, "SO_SNDBUF", SEND_BUFFER);
        }
    }

    /** The device's index; 0 for {@code any}. */
    static int deviceIndex(String device) {
        if (device.equals("any")) {
            return 0;
        }
        int index = Libc.if_nametoindex(device);
        if (index == 0) {
            throw new UnknownDeviceException(device);
        }
        return index;
    }
}
