// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.site;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.interceptor.config.Service;
import drcopy.interceptor.config.Translation;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.SegmentBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DivertedServicesTest {
    private final DivertedServices services = new DivertedServices(
            List.of(Service.parse("198.18.1.200:80"), Service.parse("[2001:db8::200]:443"), Service.parse("*:8080")),
            List.of(Translation.parse("198.18.1.11:8080=198.18.1.200:80")));

    @ParameterizedTest
    @CsvSource({
        "198.18.1.200, 80, true",
        "198.18.1.201, 80, false",
        "198.18.1.200, 81, false",
        "198.18.1.200, 443, false",
        "2001:db8::200, 443, true",
        "2001:db8::201, 443, false",
        "2001:db8::200, 80, false",
        "198.18.5.5, 8080, true",
        "2001:db8::5, 8080, true",
    })
    void takesWhatTheServicesSendAndNothingElse(String source, int port, boolean isTaken) {
        String client = source.contains(":") ? "2001:db8::99" : "198.18.9.9";
        ByteBuffer bytes =
                SegmentBuilder.segment(source, port, client, 80).ack(1).build();
        IpPacket packet = new IpPacket();
        packet.wrap(bytes, 0, bytes.limit());
        assertThat(services.sends(packet)).isEqualTo(isTaken);
    }

    @ParameterizedTest
    @CsvSource({
        "198.18.1.11, 8080, 198.18.9.9:4321>198.18.1.200:80",
        "198.18.1.11, 80, 198.18.9.9:4321>198.18.1.11:80",
        "198.18.1.12, 8080, 198.18.9.9:4321>198.18.1.12:8080",
    })
    void namesTranslatedServersAsCopiersKnowThem(String source, int port, String key) {
        ByteBuffer bytes =
                SegmentBuilder.segment(source, port, "198.18.9.9", 4321).ack(1).build();
        IpPacket packet = new IpPacket();
        packet.wrap(bytes, 0, bytes.limit());
        FlowKey response = new FlowKey().fromServer(packet);

        services.translate(response);

        assertThat(response).hasToString(key);
    }
}
