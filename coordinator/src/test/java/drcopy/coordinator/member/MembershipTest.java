// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import drcopy.agent.ConfigException;
import drcopy.agent.HostPort;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.pool.Control;
import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.InterceptorNode;
import drcopy.coordinator.pool.LeaseRequest;
import drcopy.coordinator.pool.PoolContents;
import drcopy.coordinator.pool.PoolJson;
import drcopy.coordinator.pool.ProcessMark;
import drcopy.coordinator.zk.PoolStore;
import drcopy.coordinator.zk.ZooKeeperClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final HostPort RS1 = HostPort.parse("198.18.1.1:36524");
    private static final HostPort RS2 = HostPort.parse("198.18.1.2:36524");
    private static final long SETTLE_MS = 20_000;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private TestingServer server;
    private PoolAddress address;

    @BeforeEach
    void startServer() throws Exception {
        server = new TestingServer(true);
        opened.push(server);
        address = PoolAddress.parse("127.0.0.1:" + server.getPort(), "default");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T open(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    private static ProcessMark process(String host, long pid) {
        return new ProcessMark(host, pid, "2026-11-22T10:00:00Z");
    }

    private InterceptorMembership interceptor(HostPort at, PoolAddress pool) {
        return open(InterceptorMembership.join(
                pool,
                new InterceptorNode(
                        1, at.toString(), List.of("198.18.1.200:80"), "t", "0.1.0", null, process(at.host(), 1))));
    }

    private CopierMembership copier(String host, LeaseRequest request, RecordingListener listener) {
        return copier(host, request, listener, address);
    }

    private CopierMembership copier(String host, LeaseRequest request, RecordingListener listener, PoolAddress pool) {
        CopierNode node = new CopierNode(
                1, host + "-c", host, "80-198.18.1.200:80", List.of(), "t", "0.1.0", null, process(host, 1));
        return open(CopierMembership.join(pool, node, request, at -> false, listener));
    }

    private RecordingListener joined(String host) throws InterruptedException {
        RecordingListener listener = new RecordingListener();
        assertThat(copier(host, LeaseRequest.lowestFree(1), listener).await(SETTLE_MS))
                .isTrue();
        return listener;
    }

    private PoolStore store() {
        ZooKeeperClient client = open(ZooKeeperClient.open(address, change -> {}));
        assertThat(client.awaitConnected(20)).isTrue();
        return new PoolStore(client);
    }

    private CuratorFramework curator() {
        CuratorFramework curator = open(
                CuratorFrameworkFactory.newClient(server.getConnectString(), 10_000, 3_000, new RetryOneTime(100)));
        curator.start();
        return curator;
    }

    private static void eventually(Callable<Boolean> fact) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(fact);
    }

    @Test
    void copiersFindInterceptorsThatComeLater() throws InterruptedException {
        interceptor(RS1, address);
        RecordingListener copier = joined("web1");
        eventually(() -> copier.interceptors.equals(List.of(RS1)));

        interceptor(RS2, address);

        eventually(() -> copier.interceptors.equals(List.of(RS1, RS2)));
    }

    @Test
    void anInterceptorThatLeftIsKeptForAWhile() throws InterruptedException {
        InterceptorMembership leaving = interceptor(RS1, address);
        RecordingListener copier = joined("web1");
        eventually(() -> copier.interceptors.equals(List.of(RS1)));
        PoolStore store = store();

        leaving.close();

        eventually(() -> store.contents().interceptors().isEmpty());
        assertThat(copier.interceptors).containsExactly(RS1);
    }

    @Test
    void everyCopierLeasesTheLowestFreeId() throws InterruptedException {
        RecordingListener first = joined("web1");
        RecordingListener second = joined("web2");

        assertThat(first.ids()).containsExactly(0);
        assertThat(second.ids()).containsExactly(1);
        assertThat(first.leases.get(0).epoch())
                .isPositive()
                .isLessThan(second.leases.get(0).epoch());
    }

    @Test
    void anIdIsFreeWhenItsCopierLeaves() throws InterruptedException {
        RecordingListener first = new RecordingListener();
        CopierMembership leaving = copier("web1", LeaseRequest.lowestFree(1), first);
        assertThat(leaving.await(SETTLE_MS)).isTrue();
        leaving.close();

        assertThat(joined("web2").ids()).containsExactly(0);
    }

    @Test
    void anExplicitIdThatIsHeldIsRefusedWithItsHolder() throws InterruptedException {
        joined("web1");
        CopierMembership second = copier("web2", LeaseRequest.exactly(List.of(0)), new RecordingListener());

        assertThatThrownBy(() -> second.await(SETTLE_MS))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--instance 0: must be free in pool default")
                .hasMessageContaining("ID 0 is held by copier web1-c on host web1");
    }

    @Test
    void whatADeadProcessOfThisHostLeftIsTakenOver() throws Exception {
        String host = "web1";
        byte[] left = ("{\"schema\":1,\"holder\":\"web1-c\",\"process\":{\"host\":\"web1\",\"pid\":" + Integer.MAX_VALUE
                        + ",\"started\":\"x\"}}")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        curator()
                .create()
                .creatingParentsIfNeeded()
                .withMode(CreateMode.EPHEMERAL)
                .forPath("/drcopy/pools/default/ids/0", left);
        RecordingListener copier = new RecordingListener();

        assertThat(copier(host, LeaseRequest.exactly(List.of(0)), copier).await(SETTLE_MS))
                .isTrue();
        assertThat(copier.ids()).containsExactly(0);
    }

    @Test
    void aSecondCopierOfTheSameHostAndPurposeGetsANameOfItsOwn() throws InterruptedException {
        RecordingListener first = joined("web1");
        RecordingListener second = new RecordingListener();
        CopierNode node = new CopierNode(
                1, "web1-c", "web1", "80-198.18.1.200:80", List.of(), "t", "0.1.0", null, ProcessMark.ofThis("web2"));
        assertThat(open(CopierMembership.join(address, node, LeaseRequest.lowestFree(1), at -> false, second))
                        .await(SETTLE_MS))
                .isTrue();

        assertThat(first.copierId).isEqualTo("web1-c");
        assertThat(second.copierId).isEqualTo("web1-c-2");
    }

    @Test
    void aCopierWhoseNameWasTakenWhileItWasAwayTakesAnother() throws Exception {
        RecordingListener copier = joined("web1");
        CopierNode namesake = new CopierNode(
                1, "web1-c", "web1", "80-198.18.1.200:80", List.of(), "t", "0.1.0", null, ProcessMark.ofThis("web2"));
        String path = "/drcopy/pools/default/copiers/web1-c";
        CuratorFramework curator = curator();

        curator.transaction()
                .forOperations(
                        curator.transactionOp().delete().forPath(path),
                        curator.transactionOp()
                                .create()
                                .withMode(CreateMode.EPHEMERAL)
                                .forPath(path, PoolJson.bytes(namesake)));

        eventually(() -> copier.copierId.equals("web1-c-2"));
        assertThat(copier.ids()).containsExactly(0);
    }

    @Test
    void poolsDoNotSeeEachOther() throws InterruptedException {
        interceptor(RS1, address);
        interceptor(RS2, address.forPool("other"));
        RecordingListener here = joined("web1");
        RecordingListener there = new RecordingListener();
        assertThat(copier("web2", LeaseRequest.lowestFree(1), there, address.forPool("other"))
                        .await(SETTLE_MS))
                .isTrue();

        store().change(control -> control.withPaused(true));

        eventually(() -> here.control.paused());
        eventually(() -> here.interceptors.equals(List.of(RS1)) && there.interceptors.equals(List.of(RS2)));
        assertThat(there.ids()).containsExactly(0);
        assertThat(there.control).isEqualTo(Control.NONE);
    }

    @Test
    void controlReachesCopiersThatRunAndThoseThatStartLater() throws InterruptedException {
        RecordingListener running = joined("web1");
        store().change(control -> control.withRatio(20).said("ops@here", "t", "load test"));
        eventually(() -> Integer.valueOf(20).equals(running.control.ratio()));

        RecordingListener late = joined("web2");

        eventually(() -> Integer.valueOf(20).equals(late.control.ratio()));
    }

    @Test
    void aFreedIdIsReplacedByAnother() throws InterruptedException {
        RecordingListener copier = joined("web1");

        store().free(0);

        eventually(() -> copier.ids().equals(List.of(1)));
    }

    @Test
    void aSupersededIdIsReplacedByAnother() throws InterruptedException {
        RecordingListener copier = new RecordingListener();
        CopierMembership membership = copier("web1", LeaseRequest.lowestFree(1), copier);
        assertThat(membership.await(SETTLE_MS)).isTrue();

        membership.superseded(0, copier.leases.get(0).epoch() - 1);
        eventually(() -> copier.unknowns == 1);
        membership.superseded(0, copier.leases.get(0).epoch() + 1);

        eventually(() -> copier.ids().equals(List.of(1)));
        PoolContents contents = store().contents();
        assertThat(contents.leases()).hasSize(1);
    }

    @Test
    void aSupersededIdIsGivenUpAtOnceAlsoWhileZooKeeperIsAway() throws Exception {
        RecordingListener copier = new RecordingListener();
        CopierMembership membership = copier("web1", LeaseRequest.lowestFree(2), copier);
        assertThat(membership.await(SETTLE_MS)).isTrue();
        server.stop();

        membership.superseded(0, copier.leases.get(0).epoch() + 1);

        assertThat(copier.ids()).containsExactly(1);
    }

    @Test
    void allGoesOnWhileZooKeeperIsAwayAndIsThereAgainAfterIt() throws Exception {
        interceptor(RS1, address);
        RecordingListener copier = joined("web1");
        eventually(() -> copier.interceptors.equals(List.of(RS1)));
        PoolStore store = store();

        server.stop();
        assertThat(copier.interceptors).containsExactly(RS1);
        assertThat(copier.ids()).containsExactly(0);
        server.restart();

        eventually(() -> isWhole(store));
        assertThat(copier.interceptors).containsExactly(RS1);
        assertThat(copier.ids()).containsExactly(0);
    }

    @Test
    void aWipedZooKeeperIsFilledAgain() throws Exception {
        interceptor(RS1, address);
        RecordingListener copier = joined("web1");
        eventually(() -> copier.interceptors.equals(List.of(RS1)));

        server.close();
        TestingServer empty = open(new TestingServer(server.getPort(), true));
        assertThat(empty.getPort()).isEqualTo(server.getPort());

        PoolStore store = store();
        eventually(() -> isWhole(store));
        assertThat(copier.interceptors).containsExactly(RS1);
        assertThat(copier.ids()).containsExactly(0);
    }

    private static boolean isWhole(PoolStore store) {
        try {
            PoolContents contents = store.contents();
            return contents.interceptors().size() == 1
                    && contents.copiers().size() == 1
                    && contents.copiers().get(0).instanceIds().equals(List.of(0))
                    && contents.leases().size() == 1;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
