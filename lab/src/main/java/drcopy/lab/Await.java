// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for a condition, never for a time. */
public final class Await {
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private Await() {}

    /**
     * Looks at the condition 20 times a second until it holds.
     *
     * @throws IllegalStateException naming {@code what} when it does not hold within {@code limit}
     */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        if (!happens(limit, condition)) {
            throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + what);
        }
    }

    /** Like {@link #until}, but tells the outcome. */
    public static boolean happens(Duration limit, BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > limit.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(STEP_NS);
        }
        return true;
    }
}
