// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

/** The engine does not do what the script says: file, line, reason, both lines, the last events. */
final class ScriptFailure extends AssertionError {
    private static final long serialVersionUID = 1;

    ScriptFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
