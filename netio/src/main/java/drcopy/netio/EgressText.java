// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The filters of {@link EgressFilters} as lines of {@code tc -batch}. They match at fixed offsets from the IP header (RFC 791 3.1, RFC 8200 3)
 * under every EtherType, so that a VLAN's tag hides nothing. Stateless.
 */
final class EgressText {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private EgressText() {}

    /** One packet's description in words of u32. */
    private record Match(boolean isIpv6, String words) {}

    /**
     * The filters of one device: first those that let packets to {@code pass} go, at this preference, then those that divert, at the next.
     *
     * @param device name
     * @param preference of the first kind, 1..65534
     * @param action of the second kind
     */
    static List<String> filters(
            Selection selection, Collection<AddressRange> pass, String device, int preference, String action) {
        List<Match> matches = matches(selection);
        String add = "filter add dev " + device + " egress protocol all pref ";
        List<String> lines = new ArrayList<>();
        for (Match match : matches) {
            for (AddressRange range : pass) {
                if (range.isIpv6() == match.isIpv6) {
                    String to = (match.isIpv6 ? " match ip6 dst " : " match ip dst ") + range;
                    lines.add(add + preference + " u32" + match.words + to + " flowid :1");
                }
            }
        }
        matches.forEach(match -> lines.add(add + (preference + 1) + " u32" + match.words + " " + action));
        return lines;
    }

    /** How many of the filters divert. */
    static int diverting(Selection selection) {
        return matches(selection).size();
    }

    private static List<Match> matches(Selection selection) {
        List<Match> matches = new ArrayList<>();
        for (InetAddress vip : selection.whole()) {
            matches.add(match(vip, from(vip)));
            matches.add(match(vip, errorAbout(vip)));
        }
        for (DivertedService service : selection.byPort()) {
            InetAddress address = service.address().orElseThrow();
            boolean isIpv6 = isIpv6(address);
            for (int protocol : new int[] {TCP, UDP}) {
                matches.add(match(
                        address,
                        from(address)
                                + number(8, protocol, isIpv6 ? 6 : 9)
                                + number(16, service.port(), isIpv6 ? 40 : 20)));
            }
            matches.add(match(address, errorAbout(address) + number(16, service.port(), isIpv6 ? 90 : 50)));
        }
        return matches;
    }

    private static boolean isIpv6(InetAddress address) {
        return address.getAddress().length == 16;
    }

    private static Match match(InetAddress address, String words) {
        boolean isIpv6 = isIpv6(address);
        String version = isIpv6 ? " match u8 0x60 0xf0 at 0" : " match u8 0x40 0xf0 at 0";
        return new Match(isIpv6, words + version);
    }

    private static String from(InetAddress address) {
        return address(address, isIpv6(address) ? 8 : 12);
    }

    /** "Destination unreachable", about a packet to this address that the error quotes (RFC 792, RFC 4443 3.1). */
    private static String errorAbout(InetAddress address) {
        return isIpv6(address)
                ? address(address, 72) + number(8, 58, 6) + number(8, 1, 40)
                : address(address, 44) + number(8, 1, 9) + number(8, 3, 20);
    }

    private static String address(InetAddress address, int offset) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        StringBuilder words = new StringBuilder();
        for (int at = 0; at < bytes.limit(); at += 4) {
            words.append(
                    String.format(Locale.ROOT, " match u32 0x%08x 0xffffffff at %d", bytes.getInt(at), offset + at));
        }
        return words.toString();
    }

    private static String number(int bits, int value, int offset) {
        return " match u" + bits + " " + value + (bits == 8 ? " 0xff at " : " 0xffff at ") + offset;
    }
}
