// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.io.PrintWriter;
import java.util.List;

/**
 * What one look of a preflight ({@code --check}) found. Immutable.
 *
 * @param remedy what to do about it; empty when there is nothing to do
 */
public record Finding(Verdict verdict, String subject, String found, String remedy) {
    /** Whether the program can work. */
    public enum Verdict {
        OK,
        /** It can, and an operator should know. */
        NOTE,
        FAIL
    }

    public static Finding ok(String subject, String found) {
        return new Finding(Verdict.OK, subject, found, "");
    }

    public static Finding note(String subject, String found, String remedy) {
        return new Finding(Verdict.NOTE, subject, found, remedy);
    }

    public static Finding fail(String subject, String found, String remedy) {
        return new Finding(Verdict.FAIL, subject, found, remedy);
    }

    /** One line. */
    @Override
    public String toString() {
        String line = String.format("%-4s  %s: %s", verdict, subject, found);
        return remedy.isEmpty() ? line : line + "; " + remedy;
    }

    /**
     * Prints a line for each finding.
     *
     * @return false when one of them keeps the program from working
     */
    public static boolean print(List<Finding> findings, PrintWriter out) {
        findings.forEach(out::println);
        return findings.stream().noneMatch(finding -> finding.verdict() == Verdict.FAIL);
    }
}
