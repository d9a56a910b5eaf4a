// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames with a VLAN tag, as a port that carries several VLANs brings them, and what a short snaplen leaves. */
@Tag("lab")
class VlanCaptureLabTest {
    private static final String FILTER = "tcp dst port 8080";
    private static final String SEND =
            "python3 -c \"import socket; s=socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('eth0', 0));"
                    + " s.send(bytes.fromhex('%s'))\"";
    private static final String ADDRESSES = "ffffffffffff" + "020000000001";
    private static final String TAG_SEVEN = "81000007";
    private static final String PROVIDERS_TAG = "88a80064";
    /** Of the time before 802.1ad. */
    private static final String FORMER_TAG = "91000064";

    private NetNs sender;
    private NetNs receiver;

    @BeforeEach
    void connect() {
        sender = new NetNs("nio-vsn");
        receiver = new NetNs("nio-vrc");
        NetNs.link(sender, "eth0", receiver, "eth0");
    }

    @AfterEach
    void disconnect() {
        sender.close();
        receiver.close();
    }

    private void send(String tags, int payload) {
        ByteBuffer packet = ByteBuffer.allocate(1500);
        int length = TestPackets.write(packet, "198.19.7.7", 40000, "198.18.7.2", 8080, 1, TestPackets.SYN, payload);
        String bytes = HexFormat.of().formatHex(packet.array(), 0, length);
        sender.sh(SEND.formatted(ADDRESSES + tags + "0800" + bytes));
    }

    private AfPacketSource capture(CaptureOptions options) {
        return receiver.call(() -> new AfPacketSource(options));
    }

    @ParameterizedTest
    @CsvSource({
        "any, " + TAG_SEVEN,
        "eth0, " + TAG_SEVEN,
        "any, " + PROVIDERS_TAG + TAG_SEVEN,
        "eth0, " + PROVIDERS_TAG + TAG_SEVEN,
        "any, " + TAG_SEVEN + TAG_SEVEN,
        "any, " + PROVIDERS_TAG + PROVIDERS_TAG,
        "eth0, " + TAG_SEVEN + PROVIDERS_TAG,
        "any, " + FORMER_TAG,
        "eth0, " + FORMER_TAG,
        "any, " + FORMER_TAG + TAG_SEVEN,
        "eth0, " + FORMER_TAG + TAG_SEVEN
    })
    void taggedFramesAreSeenOnceAndBare(String device, String tags) {
        try (AfPacketSource source = capture(CaptureOptions.incoming(List.of(device), FILTER))) {
            Captured seen = new Captured();

            send(tags, 11);
            assertThat(seen.pollUntil(source, () -> !seen.lines.isEmpty())).isTrue();
            seen.pollUntilQuiet(source, 30);

            assertThat(seen.lines).containsExactly("198.19.7.7:40000 > 198.18.7.2:8080 2 11");
            assertThat(seen.capturedLengths).isEqualTo(seen.wireLengths);
        }
    }

    @Test
    void aShortSnaplenCutsWhatIsLongerAndTellsItsLength() {
        CaptureOptions options = CaptureOptions.incoming(List.of("any"), FILTER).withSnaplen(96);
        try (AfPacketSource source = capture(options)) {
            Captured seen = new Captured();

            send("", 10);
            send("", 1000);
            assertThat(seen.pollUntil(source, () -> seen.lines.size() == 2)).isTrue();
            send(PROVIDERS_TAG + TAG_SEVEN, 1000);
            assertThat(seen.pollUntil(source, () -> seen.lines.size() == 3)).isTrue();

            assertThat(seen.capturedLengths).containsExactly(50, 96, 96);
            assertThat(seen.wireLengths).containsExactly(50, 1040, 1040);
        }
    }
}
