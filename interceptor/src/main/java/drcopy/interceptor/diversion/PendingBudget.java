// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

/** How much memory all outboxes together may take beyond their first few records. Owned by the diversion thread. */
final class PendingBudget {
    private long freeBytes;

    PendingBudget(long bytes) {
        freeBytes = bytes;
    }

    /** Takes the bytes if they are there. */
    boolean take(long bytes) {
        if (bytes > freeBytes) {
            return false;
        }
        freeBytes -= bytes;
        return true;
    }

    void give(long bytes) {
        freeBytes += bytes;
    }
}
