// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.governor;

/**
 * What the copier may use; 0 for no limit. Immutable.
 *
 * @param cpuPercent of one core
 * @param mbitPerSecond that it sends, with the headers of Ethernet, IP and TCP
 * @param packetsPerSecond that it sends
 */
public record Budget(int cpuPercent, int mbitPerSecond, int packetsPerSecond) {
    /** Nothing is limited. */
    public static final Budget NONE = new Budget(0, 0, 0);

    /** Held segments may fill so much of their memory before sessions are shed for it. */
    private static final double MEMORY_SHARE = 0.9;

    /** True when something is limited. */
    public boolean isLimited() {
        return !equals(NONE);
    }

    /** How much of the budget of a resource this use of it is: 1 is all. */
    double load(Resource resource, Usage usage) {
        return switch (resource) {
            case CPU -> ratio(usage.cpuPercent(), cpuPercent);
            case BANDWIDTH -> ratio(usage.mbitPerSecond(), mbitPerSecond);
            case PACKETS -> ratio(usage.packetsPerSecond(), packetsPerSecond);
            case MEMORY -> isLimited() ? usage.memoryShare() / MEMORY_SHARE : 0;
        };
    }

    private static double ratio(double used, int budget) {
        return budget == 0 ? 0 : used / budget;
    }
}
