// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

/** A call that the kernel refused: {@code bind(AF_PACKET, drcopy0) -> ENETDOWN(100): device is down}. */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /** A failure of {@code call}, whose arguments stand in it, with a clause that helps to heal it. */
    public KernelException(String call, int errno, String detail) {
        super(call + " -> " + Errno.name(errno) + ": " + detail);
        this.call = call;
        this.errno = errno;
    }

    /** A failure with the usual meaning of its error number. */
    public KernelException(String call, int errno) {
        this(call, errno, Errno.text(errno));
    }

    /** The call, with its main arguments. */
    public String call() {
        return call;
    }

    /** The kernel's error number. */
    public int errno() {
        return errno;
    }

    /** Returns {@code result} unless it is negative; then throws with the calling thread's errno. */
    static int check(int result, String call) {
        if (result < 0) {
            throw new KernelException(call, Libc.errno());
        }
        return result;
    }
}
