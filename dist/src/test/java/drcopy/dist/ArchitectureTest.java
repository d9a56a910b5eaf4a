// SPDX-License-Identifier: Apache-2.0
package drcopy.dist;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What all programs keep to; what one of them keeps to stands in its own module. */
@AnalyzeClasses(packages = "drcopy", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .because("a thread waits for input or for a deadline, never for a while");

    @ArchTest
    static final ArchRule copiersRoomsHaveNoCycles = withoutCycles("copier");

    @ArchTest
    static final ArchRule interceptorsRoomsHaveNoCycles = withoutCycles("interceptor");

    @ArchTest
    static final ArchRule coordinatorsRoomsHaveNoCycles = withoutCycles("coordinator");

    private static ArchRule withoutCycles(String program) {
        return slices().matching("drcopy." + program + ".(*)..")
                .should()
                .beFreeOfCycles()
                .because("arrows go one way");
    }
}
