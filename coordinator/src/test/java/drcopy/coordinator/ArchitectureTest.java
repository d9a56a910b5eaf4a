// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "drcopy.coordinator", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule decisionsArePure = classes()
            .that()
            .resideInAPackage("drcopy.coordinator.pool..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "drcopy.coordinator.pool..",
                    "drcopy.agent..",
                    "com.google.gson..",
                    "java.lang..",
                    "java.nio.charset",
                    "java.time..",
                    "java.util",
                    "java.util.function",
                    "java.util.stream")
            .because("what decides knows no thread, clock, socket or ZooKeeper");

    @ArchTest
    static final ArchRule zooKeeperOnlyBehindItsDoors = noClasses()
            .that()
            .resideOutsideOfPackages("drcopy.coordinator.zk..", "drcopy.coordinator.serve..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.curator..", "org.apache.zookeeper..")
            .because("an agent knows its pool, not where it is kept");
}
