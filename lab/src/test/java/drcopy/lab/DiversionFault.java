// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

/** What others do to the diversion of a real server, and how a hand puts it back where no interceptor is there to do so. */
enum DiversionFault {
    NFT_FLUSH("nft flush ruleset", "nft -f $saved/nft"),
    NFT_RELOAD(
            "printf 'flush ruleset\\ntable inet firewall { chain in { type filter hook input priority 0; }\\n}\\n' | nft -f -",
            "nft -f $saved/nft"),
    RULE_DELETION("ip rule del pref 90; ip -6 rule del pref 90", Restore.RULES),
    RULE_FLUSH(
            "ip rule flush; ip rule add pref 32766 lookup main; ip -6 rule flush; ip -6 rule add pref 32766 lookup main",
            Restore.RULES),
    ROUTE_FLUSH("ip route flush table 36524; ip -6 route flush table 36524", Restore.ROUTES),
    DEVICE_DELETION("ip link del drcopy0", Restore.DEVICE + "; " + Restore.ROUTES),
    FILTER_DELETION("tc filter del dev eth0 egress", Restore.FILTERS),
    /** All of the routing, and nftables. */
    FLUSH_AND_RULES(NFT_FLUSH.damage + "; " + RULE_FLUSH.damage, NFT_FLUSH.restore + "; " + Restore.RULES),
    /** Everything but the filters. */
    ALL_BUT_FILTERS(
            NFT_FLUSH.damage + "; " + RULE_FLUSH.damage + "; " + DEVICE_DELETION.damage + "; " + ROUTE_FLUSH.damage,
            DEVICE_DELETION.restore + "; " + NFT_FLUSH.restore + "; " + Restore.RULES),
    /** Everything but nftables. */
    ALL_BUT_NFT(
            FILTER_DELETION.damage + "; " + RULE_FLUSH.damage + "; " + DEVICE_DELETION.damage + "; "
                    + ROUTE_FLUSH.damage,
            DEVICE_DELETION.restore + "; " + Restore.RULES + "; " + Restore.FILTERS);

    /** Commands that put back what the interceptor had made. */
    private static final class Restore {
        static final String RULES =
                "for f in -4 -6; do ip $f rule add pref 90 fwmark 0x6472 lookup 36524 protocol kernel; done";
        static final String ROUTES =
                "for f in -4 -6; do ip $f route replace unreachable default table 36524 metric 9999 proto kernel;"
                        + " ip $f route replace default dev drcopy0 table 36524; done";
        static final String DEVICE = "ip link add drcopy0 txqueuelen 0 mtu 65535 type veth peer name drcopy1 mtu 65535;"
                + " ip link set drcopy1 arp off addrgenmode none up;"
                + " ip link set drcopy0 addrgenmode none arp off alias 'drcopy: by hand' up;"
                + " tc actions replace action mirred egress redirect dev drcopy0 index 36524";
        static final String FILTERS =
                "tc qdisc add dev eth0 clsact; for m in 'ip src " + Lab.VIP + "' 'ip6 src " + Lab.VIP6
                        + "'; do tc filter add dev eth0 egress pref 91 protocol all u32 match $m"
                        + " action mirred egress redirect dev drcopy0 index 36524; done";
    }

    private final String damage;
    private final String restore;

    DiversionFault(String damage, String restore) {
        this.damage = damage;
        this.restore = restore;
    }

    /**
     * A shell's words that do it again and again and wait each time until an interceptor has put it right; the last line they print is how
     * often, and the longest repair in milliseconds.
     */
    String loop(int times) {
        return "worst=0; done=0; whole() { nft list table ip drcopy && nft list table ip6 drcopy && ip rule show pref 90 | grep -q fwmark"
                + " && ip -6 rule show pref 90 | grep -q fwmark && ip route show table 36524 | grep -q drcopy0"
                + " && ip -6 route show table 36524 | grep -q unreachable && tc filter show dev eth0 egress | grep -q 'to device drcopy0';"
                + " } > /dev/null 2>&1; ms() { echo $(($(date +%s%N) / 1000000)); };"
                + " for n in $(seq " + times + "); do { " + damage + "; } > /dev/null 2>&1; begin=$(ms);"
                + " until whole || [ $(($(ms) - begin)) -gt 20000 ]; do sleep 0.01; done; took=$(($(ms) - begin));"
                + " [ $took -gt 20000 ] || done=$((done + 1)); [ $took -le $worst ] || worst=$took; done; echo $done $worst";
    }

    /** A shell's words that do it and put it back, again and again, where no interceptor need be. */
    String loopByHand(Lab lab, String host, int times) {
        return "saved=" + folder(lab, host) + "; for n in $(seq " + times + "); do { " + damage + "; sleep 0.02; "
                + restore + "; } > /dev/null 2>&1; done; echo " + times + " 0";
    }

    /** Keeps nftables' tables of a host, for {@link #restore}. */
    static void save(Lab lab, String host) {
        lab.run(
                host,
                "sh",
                "-c",
                "mkdir -p " + folder(lab, host) + "; nft list ruleset > " + folder(lab, host) + "/nft");
    }

    private static String folder(Lab lab, String host) {
        return lab.folder().resolve("saved-" + host).toString();
    }

    /** Does it on a host. */
    void inflict(Lab lab, String host) {
        lab.attempt(host, "sh", "-c", damage);
    }

    /** Puts it back by hand. */
    void restore(Lab lab, String host) {
        lab.attempt(host, "sh", "-c", "saved=" + folder(lab, host) + "; " + restore);
    }
}
