// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "drcopy", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule sessionIsPure = classes()
            .that()
            .resideInAPackage("drcopy.copier.session..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "drcopy.copier.session..",
                    "drcopy.copier.ledger..",
                    "drcopy.wire..",
                    "java.lang",
                    "java.lang.invoke",
                    "java.lang.runtime",
                    "java.nio",
                    "java.util",
                    "java.util.function")
            .because("the same inputs must give the same packets: no thread, clock, socket, logger or protobuf");

    @ArchTest
    static final ArchRule ledgerIsPure = classes()
            .that()
            .resideInAPackage("drcopy.copier.ledger..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("drcopy.copier.ledger..", "java..")
            .because("the books are counted in every room");

    @ArchTest
    static final ArchRule kernelOnlyInNetio = noClasses()
            .that()
            .resideOutsideOfPackage("drcopy.netio..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.sun.jna..", "org.pcap4j..")
            .because("netio is the only room that touches the kernel");

    @ArchTest
    static final ArchRule zooKeeperOnlyInCoordinator = noClasses()
            .that()
            .resideOutsideOfPackages("drcopy.coordinator.zk..", "drcopy.coordinator.serve..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.curator..", "org.apache.zookeeper..")
            .because("an agent knows its pool, not where it is kept");

    @ArchTest
    static final ArchRule grpcOnlyInResponse = noClasses()
            .that()
            .resideInAPackage("drcopy.copier..")
            .and()
            .resideOutsideOfPackage("drcopy.copier.response..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "drcopy.v1..")
            .because("gRPC and protobuf end at the streams");

    @ArchTest
    static final ArchRule oneClock = noClasses()
            .that()
            .resideInAPackage("drcopy.copier..")
            .and()
            .resideOutsideOfPackage("drcopy.copier.shard..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("time comes in as an argument, so that tests have a clock of their own");

    @ArchTest
    static final ArchRule onlyMainsPrint = noClasses()
            .that()
            .resideInAPackage("drcopy.copier..")
            .and()
            .resideOutsideOfPackage("drcopy.copier")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .because("a library does not own the terminal");
}
