// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

/**
 * What one look found. Immutable.
 *
 * @param remedy what to do about it; empty when there is nothing to do
 */
record Finding(Verdict verdict, String subject, String found, String remedy) {
    /** Whether the copier can work. */
    enum Verdict {
        OK,
        /** It can, and an operator should know. */
        NOTE,
        FAIL
    }

    static Finding ok(String subject, String found) {
        return new Finding(Verdict.OK, subject, found, "");
    }

    static Finding note(String subject, String found, String remedy) {
        return new Finding(Verdict.NOTE, subject, found, remedy);
    }

    static Finding fail(String subject, String found, String remedy) {
        return new Finding(Verdict.FAIL, subject, found, remedy);
    }

    /** One line. */
    @Override
    public String toString() {
        String line = String.format("%-4s  %s: %s", verdict, subject, found);
        return remedy.isEmpty() ? line : line + "; " + remedy;
    }
}
