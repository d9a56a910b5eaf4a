// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    private static String roundTrip(String literal) throws UnknownHostException {
        InetAddress address = InetAddress.getByName(literal);
        long hi = Addresses.hi(address);
        long lo = Addresses.lo(address);
        assertThat(Addresses.inetAddress(hi, lo)).isEqualTo(address);
        return Addresses.text(hi, lo);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "198.18.8.1", "255.255.255.255", "127.0.0.1", "128.0.0.0"})
    void ipv4RoundTrips(String literal) throws UnknownHostException {
        assertThat(roundTrip(literal)).isEqualTo(literal);
    }

    /** The examples of RFC 5952 sections 4 and 5 among them. */
    @ParameterizedTest
    @CsvSource({
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:0db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "0:0:1:2:3:4:5:6, ::1:2:3:4:5:6",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "2001:DB8:AAAA::FFFF, 2001:db8:aaaa::ffff",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
    })
    void ipv6IsWrittenInItsCanonicalForm(String literal, String canonical) throws UnknownHostException {
        assertThat(roundTrip(literal)).isEqualTo(canonical);
    }

    @Test
    void randomAddressesRoundTripThroughText() throws UnknownHostException {
        Random random = new Random(5952);
        for (int i = 0; i < 20_000; i++) {
            long hi = zeroSomeGroups(random);
            long lo = zeroSomeGroups(random);

            InetAddress parsed = InetAddress.getByName(Addresses.text(hi, lo));

            assertThat(Addresses.hi(parsed)).isEqualTo(hi);
            assertThat(Addresses.lo(parsed)).isEqualTo(lo);
        }
    }

    private static long zeroSomeGroups(Random random) {
        long word = random.nextLong();
        for (int shift = 0; shift < 64; shift += 16) {
            word &= random.nextBoolean() ? -1L : ~(0xffffL << shift);
        }
        return word;
    }

    @Test
    void endpointsTakeBracketsInIpv6Only() throws UnknownHostException {
        InetAddress v6 = InetAddress.getByName("2001:db8::1");
        InetAddress v4 = InetAddress.getByName("198.18.0.1");

        assertThat(Addresses.text(Addresses.hi(v6), Addresses.lo(v6), 80)).isEqualTo("[2001:db8::1]:80");
        assertThat(Addresses.text(Addresses.hi(v4), Addresses.lo(v4), 80)).isEqualTo("198.18.0.1:80");
    }

    @Test
    void onlyMappedAddressesAreIpv4() {
        assertThat(Addresses.isIpv4(0, 0x0000ffff_00000000L)).isTrue();
        assertThat(Addresses.isIpv4(0, 1)).isFalse();
        assertThat(Addresses.isIpv4(1, 0x0000ffff_00000000L)).isFalse();
        assertThat(Addresses.isIpv4(0, 0x0001ffff_00000000L)).isFalse();
    }
}
