// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import drcopy.agent.Finding;
import drcopy.agent.HostPort;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.pool.InterceptorNode;
import drcopy.coordinator.pool.Lease;
import drcopy.coordinator.pool.LeaseRequest;
import drcopy.coordinator.pool.PoolContents;
import drcopy.coordinator.zk.AwayException;
import drcopy.coordinator.zk.PoolStore;
import drcopy.coordinator.zk.PoolWatch;
import drcopy.coordinator.zk.ZooKeeperClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code --check} finds out about a pool. It joins nothing. Immutable once made. */
public final class PoolCheck {
    private static final int SECONDS = 3;
    private static final String REACH = "start it there (coordinator serve), and let this host reach its port through"
            + " firewalls; --zk-config if it asks for TLS";

    private final PoolAddress address;
    private final PoolContents contents;
    private final String failure;

    private PoolCheck(PoolAddress address, PoolContents contents, String failure) {
        this.address = address;
        this.contents = contents;
        this.failure = failure;
    }

    /** Looks; takes up to three seconds when nobody answers. */
    public static PoolCheck of(PoolAddress address) {
        try (ZooKeeperClient client = ZooKeeperClient.open(address, change -> {})) {
            return client.awaitConnected(SECONDS)
                    ? new PoolCheck(address, new PoolStore(client).contents(), null)
                    : new PoolCheck(address, null, "does not answer within " + SECONDS + " s");
        } catch (AwayException e) {
            return new PoolCheck(address, null, e.getMessage());
        }
    }

    /** Whether ZooKeeper can be reached, and who is in the pool; for a copier, whether there are instance IDs for it. */
    public List<Finding> findings(Optional<LeaseRequest> wanted) {
        String subject = "ZooKeeper " + address;
        if (contents == null) {
            return List.of(Finding.fail(subject, failure, REACH));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok(
                subject,
                "answers; interceptors: " + contents.interceptors().size() + ", copiers: "
                        + contents.copiers().size() + (contents.control().paused() ? ", paused" : "")));
        wanted.ifPresent(request -> findings.add(ids(request)));
        return findings;
    }

    private Finding ids(LeaseRequest request) {
        List<PoolContents.HeldId> held = contents.leases();
        if (request.exactly().isEmpty()) {
            int free = Lease.IDS - held.size();
            String found = free + " of " + Lease.IDS + " are free";
            return free >= request.count()
                    ? Finding.ok("instance IDs", found)
                    : Finding.fail("instance IDs", found, "ask for fewer with --replicas, or use another --pool");
        }
        List<String> taken = held.stream()
                .filter(each -> request.exactly().contains(each.lease().id()))
                .map(each -> each.lease().id() + " is held by " + each.node().holder())
                .toList();
        return taken.isEmpty()
                ? Finding.ok("instance IDs", request.exactly() + " are free")
                : Finding.fail("instance IDs", String.join(", ", taken), "choose another --instance, or none");
    }

    /** Interceptors of the pool; none when ZooKeeper does not answer. What somebody wrote that is no address is left out. */
    public List<HostPort> interceptors() {
        List<InterceptorNode> nodes = contents == null ? List.of() : contents.interceptors();
        return nodes.stream()
                .flatMap(node -> PoolWatch.address(node.address()).stream())
                .toList();
    }
}
