// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Packets that the kernel does not take. */
@Tag("lab")
class RawIpSinkLabTest {
    private NetNs sender;
    private NetNs receiver;

    @BeforeEach
    void connect() {
        sender = new NetNs("nio-raw");
        receiver = new NetNs("nio-rrc");
        NetNs.link(sender, "eth0", receiver, "eth0");
        sender.sh("ip addr add 198.18.5.1/24 dev eth0; ip addr add 2001:db8:5::1/64 dev eth0 nodad");
        receiver.sh("ip addr add 198.18.5.2/24 dev eth0; ip addr add 2001:db8:5::2/64 dev eth0 nodad");
    }

    @AfterEach
    void disconnect() {
        sender.close();
        receiver.close();
    }

    @Test
    void packetsTheKernelRefusesAreCountedByNameAndTheRestGoesOn() {
        sender.sh("ip link set eth0 mtu 1400");
        sender.call(() -> {
            try (RawIpSink sink = new RawIpSink(9000, 0)) {
                sink.commit(TestPackets.write(sink.claim(), "198.19.7.7", 1, "198.18.5.2", 2, 0, TestPackets.ACK, 100));
                sink.commit(
                        TestPackets.write(sink.claim(), "198.19.7.7", 1, "198.18.5.2", 2, 0, TestPackets.ACK, 3000));
                sink.commit(TestPackets.write(sink.claim(), "198.19.7.7", 1, "203.0.113.1", 2, 0, TestPackets.ACK, 1));
                sink.commit(TestPackets.write(
                        sink.claim(), "2001:db8:99::7", 1, "2001:db8:5::2", 2, 0, TestPackets.ACK, 3000));
                sink.commit(TestPackets.write(
                        sink.claim(), "2001:db8:99::7", 1, "2001:db8:5::2", 2, 0, TestPackets.ACK, 10));
                sink.commit(TestPackets.write(sink.claim(), "198.19.7.7", 1, "198.18.5.2", 2, 0, TestPackets.ACK, 100));
                sink.flush();

                assertThat(sink.sent()).isEqualTo(3);
                assertThat(sink.errors().count(Errno.EMSGSIZE)).isEqualTo(2);
                assertThat(sink.errors().count(Errno.ENETUNREACH)).isEqualTo(1);
                assertThat(sink.errors().byName()).containsOnlyKeys("EMSGSIZE(90)", "ENETUNREACH(101)");
            }
            return null;
        });
    }

    @Test
    void packetsThatAFirewallDropsAreCountedAsEperm() {
        sender.sh(
                "nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; add rule ip t o tcp dport 8080 drop'");
        sender.call(() -> {
            try (RawIpSink sink = new RawIpSink(1500, 0)) {
                for (int i = 0; i < 100; i++) {
                    sink.commit(TestPackets.write(
                            sink.claim(), "198.19.7.7", 1, "198.18.5.2", 8080 + i % 2, 0, TestPackets.ACK, 0));
                }
                sink.flush();

                assertThat(sink.errors().count(Errno.EPERM)).isEqualTo(50);
                assertThat(sink.sent()).isEqualTo(50);
            }
            return null;
        });
    }

    @Test
    void aFullQueueOfTheDeviceIsCountedAndNeverBlocks() {
        sender.sh("tc qdisc add dev eth0 root tbf rate 1mbit burst 2000 limit 20000");
        sender.call(() -> {
            try (RawIpSink sink = new RawIpSink(1500, 0)) {
                for (int i = 0; i < 1000; i++) {
                    sink.commit(TestPackets.write(
                            sink.claim(), "198.19.7.7", 1, "198.18.5.2", 80, i, TestPackets.ACK, 1000));
                }
                sink.flush();

                assertThat(sink.errors().count(Errno.ENOBUFS)).isPositive();
                assertThat(sink.sent() + sink.errors().total()).isEqualTo(1000);
            }
            return null;
        });
    }
}
