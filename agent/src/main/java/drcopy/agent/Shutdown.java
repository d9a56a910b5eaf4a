// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An orderly end. SIGTERM and SIGINT become a request that the command's thread waits for; the process then ends with the
 * command's own exit code, 0 when all went well, and not with the JVM's 128 + signal. A command that does not come back within
 * {@value #PATIENCE_SECONDS} s of the signal is cut off with exit code 1. Any thread.
 */
public final class Shutdown {
    private static final int PATIENCE_SECONDS = 10;
    private static final CountDownLatch REQUESTED = new CountDownLatch(1);
    private static final CountDownLatch FINISHED = new CountDownLatch(1);
    private static final AtomicInteger CODE = new AtomicInteger(Cli.FAILED);

    private static volatile boolean expected;

    private Shutdown() {}

    /** Has the JVM tell this class of signals. Once, by the main thread; until {@link #expect} they end the process as ever. */
    static void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(Shutdown::onExit, "shutdown"));
    }

    /** From now on a signal is a request, and the command answers it by returning. */
    static void expect() {
        expected = true;
    }

    /** Asks for the end, as a signal does. */
    public static void request() {
        REQUESTED.countDown();
    }

    public static boolean isRequested() {
        return REQUESTED.getCount() == 0;
    }

    /** Waits until the end is asked for. An interrupt counts as a request. */
    public static void await() {
        try {
            REQUESTED.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            request();
        }
    }

    /** Ends the process. */
    static void exit(int code) {
        Logs.flush();
        CODE.set(code);
        FINISHED.countDown();
        System.exit(code);
    }

    private static void onExit() {
        request();
        if (!expected) {
            return;
        }
        try {
            boolean finished = FINISHED.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            Runtime.getRuntime().halt(finished ? CODE.get() : Cli.FAILED);
        } catch (InterruptedException e) {
            Runtime.getRuntime().halt(Cli.FAILED);
        }
    }
}
