// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.util.List;

/**
 * The device that leads nowhere: what leaves through it can be captured and is gone. A dummy where the kernel has it, else a pair of veth
 * whose far end throws away what is not for its own address. Never an ifb: it gives packets that traffic control redirects into it back
 * to the device they came from (drivers/net/ifb.c, ifb_ri_tasklet). Stateless.
 */
final class DeadEnd {
    static final String DEVICE = DiversionRules.CAPTURE_DEVICE;
    /** The far end, where the device is a veth. */
    static final String FAR_END = "drcopy1";

    private static final String MTU = "65535";

    private DeadEnd() {}

    /** Makes the device, or puts one that is there in order; up at the end. */
    static void install() {
        String existing = details();
        if (existing.contains(" ifb ") && existing.contains("alias drcopy:")) {
            Commands.run("ip", "link", "del", DEVICE); // of an earlier release
            existing = "";
        }
        if (existing.isEmpty()) {
            create();
        } else if (!existing.contains(" dummy ") && !existing.contains(" veth ")) {
            throw new DiversionException("device " + DEVICE
                    + " exists and is neither dummy nor veth: rename it; the diversion needs this name");
        }
        // No IPv6 address of its own, hence no neighbour discovery on it.
        Commands.attempt(List.of("ip", "link", "set", DEVICE, "addrgenmode", "none"), "");
        if (Commands.attempt(List.of("ip", "link", "set", FAR_END, "arp", "off", "addrgenmode", "none"), "")
                .isSuccess()) {
            Commands.run("ip", "link", "set", FAR_END, "up");
        }
        String alias = "drcopy: diverted responses end here";
        Commands.run("ip", "link", "set", DEVICE, "mtu", MTU, "arp", "off", "alias", alias, "up");
    }

    private static String details() {
        Commands.Result result = Commands.attempt(List.of("ip", "-d", "link", "show", DEVICE), "");
        return result.isSuccess() ? result.output() : "";
    }

    private static void create() {
        // Without a queue, so that nothing waits or is lost there.
        Commands.Result result =
                Commands.attempt(List.of("ip", "link", "add", DEVICE, "txqueuelen", "0", "type", "dummy"), "");
        if (!result.isSuccess()) {
            List<String> veth = List.of(
                    "ip",
                    "link",
                    "add",
                    DEVICE,
                    "txqueuelen",
                    "0",
                    "mtu",
                    MTU,
                    "type",
                    "veth",
                    "peer",
                    "name",
                    FAR_END,
                    "mtu",
                    MTU);
            result = Commands.attempt(veth, "");
        }
        if (!result.isSuccess()) {
            throw new DiversionException("this kernel has neither dummy nor veth devices to divert into: "
                    + Commands.oneLine(result.output()) + "; --mode nfqueue needs none");
        }
    }

    /** Removes the device, if it is ours. */
    static void remove() {
        if (details().contains("alias drcopy:")) {
            Commands.attempt(List.of("ip", "link", "del", DEVICE), "");
        }
    }
}
