// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import com.sun.jna.Native;

/** The two calls that move a thread into a network namespace. */
final class Setns {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int O_RDONLY_CLOEXEC = 0x80000;

    static {
        Native.register(Setns.class, "c");
    }

    private Setns() {}

    private static native int setns(int fd, int type);

    private static native int open(String path, int flags);

    /** Moves the calling thread, for good. */
    static void enter(String namespace) {
        int fd = open("/run/netns/" + namespace, O_RDONLY_CLOEXEC);
        KernelException.check(fd, "open(/run/netns/" + namespace + ")");
        try {
            KernelException.check(setns(fd, CLONE_NEWNET), "setns(" + namespace + ")");
        } finally {
            Libc.close(fd);
        }
    }
}
