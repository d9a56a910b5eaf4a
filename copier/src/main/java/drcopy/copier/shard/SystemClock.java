// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

import java.util.function.LongSupplier;

/** The host's monotonic clock, nanoseconds. Any thread. */
public final class SystemClock implements LongSupplier {
    @Override
    public long getAsLong() {
        return System.nanoTime();
    }
}
