// SPDX-License-Identifier: Apache-2.0
package drcopy.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class UnitFilesTest {
    private static final Map<String, String> CAPABILITIES =
            Map.of("copier", "CAP_NET_RAW", "interceptor", "CAP_NET_ADMIN CAP_NET_RAW", "coordinator", "");
    private static final Pattern EXPOSURE = Pattern.compile("Overall exposure level for \\S+: ([0-9.]+)");

    private static String unit(String program) {
        return "dist/src/main/systemd/drcopy-" + program + ".service";
    }

    @ParameterizedTest
    @FieldSource("drcopy.dist.Checkout#PROGRAMS")
    void exposesLittleOfTheHost(String program) {
        String verdict = Checkout.run(
                "systemd-analyze",
                "security",
                "--offline=true",
                "--no-pager",
                Checkout.file(unit(program)).toString());

        Matcher exposure = EXPOSURE.matcher(verdict);
        assertThat(exposure.find()).as(verdict).isTrue();
        assertThat(Double.parseDouble(exposure.group(1)))
                .as("exposure of %s by systemd-analyze security", program)
                .isLessThanOrEqualTo(2.5);
    }

    @ParameterizedTest
    @FieldSource("drcopy.dist.Checkout#PROGRAMS")
    void grantsOnlyTheCapabilitiesTheProgramNeeds(String program) {
        String needed = CAPABILITIES.get(program);

        assertThat(Checkout.text(unit(program)).lines())
                .contains("CapabilityBoundingSet=" + needed, "User=drcopy", "NoNewPrivileges=yes");
        if (!needed.isEmpty()) {
            assertThat(Checkout.text(unit(program)).lines()).contains("AmbientCapabilities=" + needed);
        }
    }

    @ParameterizedTest
    @FieldSource("drcopy.dist.Checkout#PROGRAMS")
    void boundsCpuAndMemory(String program) {
        assertThat(Checkout.text(unit(program)))
                .contains("CPUQuota=", "CPUWeight=20\n", "MemoryMax=", "TasksMax=", "OOMScoreAdjust=900\n");
    }
}
