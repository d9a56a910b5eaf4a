// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A systemd-networkd that starts removes rules and routes of others, and leaves the diversion's. */
@Tag("lab")
class NetworkdLabTest extends RealServerLab {
    /** Runs networkd with a folder of its own for its state; a read-only /sys tells it that no udev is there. */
    private static final String NETWORKD =
            """
            mkdir -p /run/systemd
            mount -t tmpfs tmpfs /run/systemd
            mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/network
            chown -R systemd-network:systemd-network /run/systemd/netif
            printf '[Match]\\nName=late0\\n[Network]\\nAddress=198.18.6.2/24\\n' > /run/systemd/network/10-late.network
            mount -o remount,ro /sys
            exec env SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_LEVEL=info /lib/systemd/systemd-networkd
            """;

    @Test
    void rulesAndRoutesOfTheDiversionStay() throws IOException {
        DiversionRules rules = install(DiversionRules.Mode.ROUTE);
        server.sh("ip rule add pref 91 fwmark 0x77 lookup 77; ip -6 rule add pref 91 fwmark 0x77 lookup 77;"
                + "ip route add unreachable default table 77");
        Process networkd = server.start("unshare", "-m", "sh", "-c", NETWORKD);
        try {
            // It looks through what is there, and tidies up when a device that it manages comes.
            assertThat(read(networkd, "Enumeration completed")).isTrue();
            server.sh("ip link add late0 type veth peer name late1; ip link set late1 up");

            assertThat(server.sh("for i in $(seq 200); do { ip rule; ip -6 rule; ip route show table 77 2>/dev/null; }"
                            + " | grep -qE '0x77|unreachable' || { echo tidied up; break; }; sleep 0.05; done"))
                    .contains("tidied up");
        } finally {
            kill(networkd);
        }

        server.call(rules::follow);
        assertThat(verify(rules)).isEmpty();
        server.sh("nft delete chain ip drcopy stop");
        client4(40200).syn();
        client6(40200).syn();
        assertThat(leaks()).isEmpty();
    }

    private static boolean read(Process process, String text) throws IOException {
        var lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(text)) {
                return true;
            }
        }
        return false;
    }
}
