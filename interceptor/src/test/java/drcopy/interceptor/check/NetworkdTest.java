// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.check;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.Finding;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkdTest {
    @TempDir
    private Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private String look() {
        List<Finding> findings = new Networkd(root).look();
        StringWriter text = new StringWriter();
        Finding.print(findings, new PrintWriter(text, true));
        return text.toString();
    }

    @Test
    void isNotAskedForWhereItDoesNotRun() throws IOException {
        write("proc/1/comm", "systemd\n");

        assertThat(new Networkd(root).look()).isEmpty();
    }

    @Test
    void namesBothSettingsThatAreMissing() throws IOException {
        write("proc/77/comm", "systemd-network\n");
        write("etc/systemd/networkd.conf", "[Network]\n#ManageForeignRoutes=no\nManageForeignRoutingPolicyRules=yes\n");

        assertThat(look())
                .contains("without ManageForeignRoutingPolicyRules=no, ManageForeignRoutes=no:")
                .contains("/etc/systemd/networkd.conf.d/drcopy.conf");
    }

    @Test
    void takesTheLastAssignment() throws IOException {
        write("proc/77/comm", "systemd-network\n");
        write(
                "etc/systemd/networkd.conf",
                "[Network]\nManageForeignRoutes=yes\nManageForeignRoutingPolicyRules=false\n");
        write("etc/systemd/networkd.conf.d/drcopy.conf", "[Network]\nManageForeignRoutes = no\n");

        assertThat(look()).contains("leaves rules and routes of others alone");
    }
}
