// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.agent.Finding;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;

/**
 * Looks, with {@code --probe}, whether anybody answers from a VIP where nobody may: a connection of this host, from its own address, to a
 * port of the VIP that is no service. A director that lacks its rule refuses it, and would so answer real clients. Stateless.
 */
final class DirectorCheck {
    private static final int LIMIT_MS = 1000;
    private static final int HIGHEST_PORT = 65_535;

    private DirectorCheck() {}

    /**
     * Takes a second where all is well.
     *
     * @param services ports of the VIP that are mirrored
     */
    static Finding look(InetAddress vip, Set<Integer> services) {
        int port = HIGHEST_PORT;
        while (services.contains(port)) {
            port--;
        }
        String subject = "silence of " + vip.getHostAddress();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(vip, port), LIMIT_MS);
            return answers(subject, "accepts a connection to port " + port);
        } catch (ConnectException e) {
            return e.getMessage() != null && e.getMessage().contains("refused")
                    ? answers(subject, "refuses a connection to port " + port)
                    : Finding.ok(subject, "nobody answers at a port that is no service (" + e.getMessage() + ")");
        } catch (IOException e) {
            return Finding.ok(subject, "nobody answers at port " + port + ", which is no service");
        }
    }

    private static Finding answers(String subject, String what) {
        return Finding.note(
                subject,
                what
                        + " of this host: a director that does so sends RSTs and ICMP errors to clients, too, when it has no real"
                        + " server or forgets a connection",
                "on the director: ip rule add pref 90 from VIP blackhole, with rp_filter 0 (docs/OPERATIONS.md, The director)");
    }
}
