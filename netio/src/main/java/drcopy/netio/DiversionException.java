// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

/** A diversion that could not be installed, checked or removed; the message names the command and what it said. */
public final class DiversionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One sentence for the operator. */
    public DiversionException(String message) {
        super(message);
    }
}
