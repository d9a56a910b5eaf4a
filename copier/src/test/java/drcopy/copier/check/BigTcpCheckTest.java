// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BigTcpCheckTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            0       | 130000 | OK    BIG TCP: off
            65536   | 130000 | OK    BIG TCP: off
            200000  | 262144 | OK    BIG TCP: on, for segments of up to 200000 bytes: they are split again
            200000  | 65535  | NOTE  BIG TCP: on, for segments of up to 200000 bytes, and --snaplen 65535 cuts them: what is cut is counted and not replayed; leave --snaplen out
            524280  | 262144 | NOTE  BIG TCP: on, for segments of up to 524280 bytes, and a capture keeps 262144 of a packet at most; ip link set DEVICE gso_max_size 262144 gro_max_size 262144
            """)
    void tellsWhetherTheCaptureTakesItsSegments(int longest, int snaplen, String finding) {
        assertThat(HostChecks.bigTcp(longest, snaplen)).hasToString(finding);
    }
}
