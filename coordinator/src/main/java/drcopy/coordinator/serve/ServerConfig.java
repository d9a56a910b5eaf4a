// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.serve;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * What the embedded ZooKeeper is told. Immutable.
 *
 * @param data folder for its data
 * @param listen where clients connect
 * @param peers all servers of the ensemble, {@code host[:peerPort:electionPort]}; empty when it is alone
 * @param serverId which of the peers this is, from 1; 0 when it is alone
 * @param settings file with settings of ZooKeeper's server, TLS for instance; null for none
 */
public record ServerConfig(Path data, InetSocketAddress listen, List<String> peers, int serverId, Path settings) {
    public ServerConfig {
        peers = List.copyOf(peers);
    }
}
