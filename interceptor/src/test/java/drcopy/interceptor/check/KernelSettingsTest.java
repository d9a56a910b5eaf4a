// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.check;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSettingsTest {
    @TempDir
    Path net;

    private KernelSettings settings;

    @BeforeEach
    void sound() throws IOException {
        settings = new KernelSettings(net);
        set("ipv4/conf/all/rp_filter", 0);
        set("ipv4/conf/eth0/rp_filter", 0);
        set("ipv4/conf/eth1/rp_filter", 2);
        set("ipv4/ip_forward", 0);
        set("ipv6/conf/all/forwarding", 0);
    }

    private void set(String setting, int value) throws IOException {
        Path file = net.resolve(setting);
        Files.createDirectories(file.getParent());
        Files.writeString(file, value + "\n");
    }

    private List<Finding> realServer() {
        return settings.realServer(List.of("eth0", "eth1"));
    }

    @Test
    void findsNothingWrongOnASoundHost() {
        assertThat(realServer()).hasSize(2).allMatch(finding -> finding.verdict() == Finding.Verdict.OK);
        assertThat(settings.assistant()).hasSize(2).allMatch(finding -> finding.verdict() == Finding.Verdict.OK);
    }

    @Test
    void namesTheDeviceWhoseFilterIsStrict() throws IOException {
        set("ipv4/conf/all/rp_filter", 1);

        assertThat(realServer())
                .map(Finding::toString)
                .containsExactly(
                        "NOTE  reverse-path filter of eth0: rp_filter 1 drops replicas of clients that this host would"
                                + " answer by another device; sysctl -w net.ipv4.conf.all.rp_filter=2"
                                + " net.ipv4.conf.eth0.rp_filter=2",
                        "OK    reverse-path filter of eth1: lets replicas in (rp_filter 2)");
    }

    @Test
    void failsOnAnAssistantThatForwards() throws IOException {
        set("ipv4/ip_forward", 1);

        assertThat(settings.assistant())
                .map(Finding::toString)
                .containsExactly(
                        "FAIL  forwarding of IPv4: is on: the target's responses would go on to clients;"
                                + " sysctl -w net.ipv4.ip_forward=0",
                        "OK    forwarding of IPv6: off");
        set("ipv6/conf/all/forwarding", 1);
        assertThat(settings.assistant()).allMatch(finding -> finding.verdict() == Finding.Verdict.FAIL);
    }

    @Test
    void takesWhatTheKernelDoesNotHaveForOff() {
        assertThat(new KernelSettings(net.resolve("nowhere")).assistant())
                .allMatch(finding -> finding.verdict() == Finding.Verdict.OK);
    }
}
