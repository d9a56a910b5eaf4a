// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.config.ClientAddresses;
import drcopy.copier.config.Protocols;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureFilterTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            80-198.18.1.200:8080 | | (tcp and ((ip and dst port 80)) or FRAGMENTS) |
            80-198.18.1.200:80 | | (tcp and ((ip and dst port 80)) or FRAGMENTS) and not (dst host 198.18.1.200 and dst port 80) |
            80-[2001:db8::1]:8080 | | (tcp and ((ip6 and dst port 80)) or EXTENDED) |
            80-198.18.1.200:8080 | 198.18.9.1 | (tcp and ((dst port 80)) or FRAGMENTS or EXTENDED) |
            198.18.0.10:80-198.18.1.200:80 | | (tcp and ((dst host 198.18.0.10 and dst port 80)) or FRAGMENTS) | and dst host 198.18.0.10
            [2001:db8::1]:80-198.18.1.200:80 | 198.18.9.1 | (tcp and ((dst host 2001:db8::1 and dst port 80)) or EXTENDED) | and dst host 2001:db8::1
            80-198.18.1.2:81,81-198.18.1.2:82 | | (tcp and ((ip and dst port 80) or (ip and dst port 81)) or FRAGMENTS) and not (dst host 198.18.1.2 and dst port 81) |
            80-127.0.0.1:80 | | (tcp and ((ip and dst port 80)) or FRAGMENTS) and not (dst host 127.0.0.1 and dst port 80) |
            """)
    void takesWhatGoesOnlineAndNeverAReplica(String transfers, String clients, String text, String host) {
        Transfers parsed = new Transfers(
                Stream.of(transfers.split(",")).map(Transfer::parse).toList());
        ClientAddresses replacing = clients == null ? ClientAddresses.none() : ClientAddresses.parse(List.of(clients));
        String to = host == null ? "" : " " + host;
        String filter = text.replace("FRAGMENTS", "(ip proto 6 and ip[6:2] & 0x3fff != 0" + to + ")")
                .replace("EXTENDED", "(ip6" + to + " and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 60))");

        assertThat(CaptureFilter.of(parsed, replacing, Protocols.TCP)).isEqualTo(filter);
        assertThat(CaptureFilter.of(parsed, replacing, Protocols.TCP_AND_UDP))
                .isEqualTo(filter.replaceFirst("tcp", "(tcp or udp)")
                        .replace("ip proto 6", "(ip proto 6 or ip proto 17)"));
    }
}
