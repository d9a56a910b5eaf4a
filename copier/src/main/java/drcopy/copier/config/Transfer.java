// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import drcopy.agent.IpLiteral;
import drcopy.agent.Ports;
import drcopy.copier.session.Target;
import drcopy.wire.Addresses;
import drcopy.wire.MacAddress;
import java.net.InetAddress;

/**
 * One service that is copied: what clients send to online's address and port is played against the target. Immutable.
 *
 * @param anyOnline true when every address of this host counts as online; the two halves are 0 then
 * @param onlineHi online's address, as in {@link drcopy.wire.IpPacket}
 * @param onlineLo low half of it
 * @param onlinePort 1..65535
 * @param target where the replicas go
 * @param sourceMac Ethernet address the frames come from; {@link MacAddress#NONE}: the device's
 * @param nextHopMac Ethernet address the frames go to; NONE: what the kernel knows
 */
public record Transfer(
        boolean anyOnline,
        long onlineHi,
        long onlineLo,
        int onlinePort,
        Target target,
        long sourceMac,
        long nextHopMac) {
    private static final String FORM = "must be [onlineIP:]port-targetIP:port, with brackets around an IPv6 address";
    private static final String NO_NAMES =
            "must have addresses, for packets carry no host names and a name may mean another host tomorrow";

    /**
     * Reads {@code [onlineIP:]port-targetIP:port}, either side with {@code @MAC} behind it.
     *
     * @throws IllegalArgumentException with the rule
     */
    public static Transfer parse(String text) {
        int dash = text.indexOf('-');
        refuse(dash <= 0 || dash == text.length() - 1, FORM);
        Side online = Side.parse(text.substring(0, dash));
        Side target = Side.parse(text.substring(dash + 1));
        refuse(target.address == null, "must name the target's address: " + FORM.substring("must be ".length()));
        refuse(!isHost(target.address), "must have the address of one host, or a virtual one, as target");
        Target to = new Target(Addresses.hi(target.address), Addresses.lo(target.address), target.port);
        if (online.address == null) {
            return new Transfer(true, 0, 0, online.port, to, online.mac, target.mac);
        }
        refuse(
                !isHost(online.address),
                "must have an address of this host as online, or only the port for all of them");
        Transfer transfer = new Transfer(
                false,
                Addresses.hi(online.address),
                Addresses.lo(online.address),
                online.port,
                to,
                online.mac,
                target.mac);
        refuse(transfer.isOnline(to.hi(), to.lo(), to.port()), "must not transfer to itself");
        return transfer;
    }

    private static boolean isHost(InetAddress address) {
        boolean broadcast = address.getAddress().length == 4 && (int) Addresses.lo(address) == -1;
        return !address.isAnyLocalAddress() && !address.isMulticastAddress() && !broadcast;
    }

    private static void refuse(boolean broken, String rule) {
        if (broken) {
            throw new IllegalArgumentException(rule);
        }
    }

    /** True when a packet to this address and port belongs to this transfer, as far as the online side tells. */
    public boolean isOnline(long hi, long lo, int port) {
        return port == onlinePort && (anyOnline || lo == onlineLo && hi == onlineHi);
    }

    /** True when an Ethernet address is named. */
    public boolean hasMac() {
        return sourceMac != MacAddress.NONE || nextHopMac != MacAddress.NONE;
    }

    /** True when the target has an IPv4 address. */
    public boolean isIpv4() {
        return Addresses.isIpv4(target.hi(), target.lo());
    }

    /** As written on the command line. */
    @Override
    public String toString() {
        String online = anyOnline ? String.valueOf(onlinePort) : Addresses.text(onlineHi, onlineLo, onlinePort);
        return online + suffix(sourceMac) + "-" + Addresses.text(target.hi(), target.lo(), target.port())
                + suffix(nextHopMac);
    }

    private static String suffix(long mac) {
        return mac == MacAddress.NONE ? "" : "@" + MacAddress.text(mac);
    }

    /** {@code [address:]port[@MAC]} of one side; the address is null when there is none. */
    private record Side(InetAddress address, int port, long mac) {
        static Side parse(String whole) {
            int at = whole.indexOf('@');
            long mac = at < 0 ? MacAddress.NONE : MacAddress.parse(whole.substring(at + 1));
            String text = at < 0 ? whole : whole.substring(0, at);
            int colon = text.lastIndexOf(':');
            refuse(text.endsWith("]"), "must have a port on both sides");
            if (colon < 0) {
                refuse(text.chars().anyMatch(Character::isLetter), NO_NAMES);
                return new Side(null, Ports.parse(text), mac);
            }
            return new Side(address(text.substring(0, colon)), Ports.parse(text.substring(colon + 1)), mac);
        }

        private static InetAddress address(String text) {
            boolean bracketed = text.startsWith("[") && text.endsWith("]");
            String bare = bracketed ? text.substring(1, text.length() - 1) : text;
            refuse(!bracketed && bare.indexOf(':') >= 0, "must have brackets around an IPv6 address: [2001:db8::1]:80");
            refuse(bare.indexOf(':') < 0 && bare.chars().anyMatch(Character::isLetter), NO_NAMES);
            return IpLiteral.parse(bare);
        }
    }
}
