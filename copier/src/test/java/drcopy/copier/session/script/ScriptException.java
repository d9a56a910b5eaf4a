// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

/** A script that cannot be read: file, line, what is wrong. */
final class ScriptException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ScriptException(String name, int line, String reason) {
        super(name + ":" + line + ": " + reason);
    }
}
