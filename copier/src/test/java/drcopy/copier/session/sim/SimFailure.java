// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

/** An invariant that does not hold. */
final class SimFailure extends AssertionError {
    private static final long serialVersionUID = 1;

    SimFailure(String message) {
        super(message);
    }

    static void check(boolean holds, String message) {
        if (!holds) {
            throw new SimFailure(message);
        }
    }
}
