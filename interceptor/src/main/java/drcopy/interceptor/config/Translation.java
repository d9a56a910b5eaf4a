// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.config;

/**
 * A real server behind address translation (LVS-NAT, DNAT): what it answers from its own address and port belongs to replicas
 * that were sent to the target's. Immutable.
 *
 * @param from where the responses come from
 * @param target where copiers send replicas
 */
public record Translation(Service from, Service target) {
    private static final String RULE = "must be FROM:port=TARGET:port, with brackets around IPv6 addresses";

    /**
     * Reads {@code 198.18.1.11:8080=198.18.1.200:80}.
     *
     * @throws IllegalArgumentException with the rule
     */
    public static Translation parse(String text) {
        String[] sides = text.split("=", -1);
        if (sides.length != 2) {
            throw new IllegalArgumentException(RULE);
        }
        Service from = Service.parse(sides[0]);
        Service target = Service.parse(sides[1]);
        if (from.address() == null || target.address() == null) {
            throw new IllegalArgumentException("must name an address on both sides");
        }
        return new Translation(from, target);
    }

    /** The form {@link #parse} reads. */
    @Override
    public String toString() {
        return from + "=" + target;
    }
}
