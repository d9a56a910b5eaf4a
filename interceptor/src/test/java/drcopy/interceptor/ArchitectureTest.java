// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "drcopy.interceptor", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule summaryAndRoutingArePure = classes()
            .that()
            .resideInAnyPackage("drcopy.interceptor.summary..", "drcopy.interceptor.routing..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "drcopy.interceptor.summary..",
                    "drcopy.interceptor.routing..",
                    "drcopy.wire..",
                    "java.lang",
                    "java.lang.invoke",
                    "java.nio",
                    "java.util",
                    "java.util.function")
            .because("what decides knows no thread, clock, socket, logger or protobuf");

    @ArchTest
    static final ArchRule kernelOnlyInNetio = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.sun.jna..", "org.pcap4j..")
            .because("netio is the only room that touches the kernel");

    @ArchTest
    static final ArchRule zooKeeperOnlyInCoordinator = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.curator..", "org.apache.zookeeper..")
            .because("an agent knows its pool, not where it is kept");

    @ArchTest
    static final ArchRule nettyOnlyInStream = noClasses()
            .that()
            .resideOutsideOfPackage("drcopy.interceptor.stream..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.grpc.netty..")
            .because("the transport ends at the streams");
}
