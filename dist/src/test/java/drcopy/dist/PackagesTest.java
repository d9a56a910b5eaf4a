// SPDX-License-Identifier: Apache-2.0
package drcopy.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class PackagesTest {

    @TempDir
    Path folder;

    private static String deb(String program) {
        return Checkout.file(program + "/target/drcopy-" + program + ".deb").toString();
    }

    @ParameterizedTest
    @FieldSource("drcopy.dist.Checkout#PROGRAMS")
    void holdsLauncherUnitAndConfiguration(String program) {
        List<String> files =
                Checkout.run("dpkg-deb", "-c", deb(program)).lines().toList();

        assertThat(files)
                .anyMatch(line -> line.startsWith("-rwxr-xr-x root/root")
                        && line.endsWith(" ./usr/lib/drcopy/" + program + "/bin/" + program))
                .anyMatch(line ->
                        line.endsWith("./usr/bin/" + program + " -> /usr/lib/drcopy/" + program + "/bin/" + program))
                .anyMatch(line -> line.endsWith(" ./usr/share/man/man8/" + program + ".8"))
                .anyMatch(line -> line.endsWith(" ./usr/share/bash-completion/completions/" + program))
                .anyMatch(line -> line.endsWith(" ./usr/lib/systemd/system/drcopy-" + program + ".service"))
                .anyMatch(line -> line.startsWith("-rw-r-----") && line.endsWith(" ./etc/drcopy/" + program + ".conf"));
        assertThat(Checkout.run("dpkg-deb", "-f", deb(program), "Depends")).contains("java17-runtime-headless");
        assertThat(Checkout.run("dpkg-deb", "--ctrl-tarfile", deb(program)))
                .contains("/etc/drcopy/" + program + ".conf");
    }

    @ParameterizedTest
    @FieldSource("drcopy.dist.Checkout#PROGRAMS")
    void runsWhereverTheArchiveIsUnpacked(String program) {
        List<Path> archives = Checkout.list(program + "/target", "drcopy-" + program + "-*.tar.gz");
        assertThat(archives).hasSize(1);

        Checkout.run("tar", "-xzf", archives.get(0).toString(), "-C", folder.toString(), "--strip-components=1");

        assertThat(Checkout.run(folder.resolve("bin").resolve(program).toString(), "--version"))
                .startsWith(program + " ");
    }

    @ParameterizedTest
    @FieldSource("drcopy.dist.Checkout#PROGRAMS")
    void manualPageNamesEveryOptionAndIsWellFormed(String program) {
        Path page = Checkout.file(program + "/target/manual/" + program + ".8");
        String shown = Checkout.run("groff", "-man", "-ww", "-Tascii", "-P-bcou", page.toString());

        assertThat(shown).doesNotContain("warning:", "error:").contains("EXIT STATUS");
        assertThat(Checkout.run(Checkout.file("bin/" + program).toString(), "--help")
                        .lines())
                .filteredOn(line -> line.matches(" +(-., )?--[a-z].*"))
                .isNotEmpty()
                .allSatisfy(
                        line -> assertThat(shown).contains(line.replaceFirst("^[^-]*(?:-., +)?(--[a-z-]+).*", "$1")));
    }

    @ParameterizedTest
    @FieldSource("drcopy.dist.Checkout#PROGRAMS")
    void bashCompletesOptions(String program) {
        Path completion = Checkout.file(program + "/target/manual/" + program + ".bash");
        String script = "source " + completion + "; COMP_WORDS=(" + program + " --h); COMP_CWORD=1; _complete_"
                + program + "; echo \"${COMPREPLY[@]}\"";

        assertThat(Checkout.run("bash", "-c", script)).contains("--help");
    }

    @ParameterizedTest
    @FieldSource("drcopy.dist.Checkout#PROGRAMS")
    void runsFromThePackage(String program) {
        Checkout.run("dpkg-deb", "-x", deb(program), folder.toString());

        Path launcher = folder.resolve("usr/lib/drcopy/" + program + "/bin/" + program);
        assertThat(Checkout.run(launcher.toString(), "--version")).startsWith(program + " ");
    }

    @ParameterizedTest
    @FieldSource("drcopy.dist.Checkout#PROGRAMS")
    void shipsAConfigurationWhoseOptionsTheProgramKnows(String program) {
        String launcher = Checkout.file("bin/" + program).toString();
        String help = program.equals("coordinator")
                ? Checkout.run(launcher, "serve", "--help")
                : Checkout.run(launcher, "--help");

        assertThat(Checkout.text("dist/src/main/conf/" + program + ".conf").lines())
                .map(line -> line.replaceFirst("^#(?=[a-z])", ""))
                .filteredOn(line -> !line.isBlank() && !line.startsWith("#"))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(help).contains("--" + line.split(" ", 2)[0]));
    }
}
