// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

/** A capture filter that does not compile: bad configuration. */
public final class FilterException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Names the filter and what libpcap says about it. */
    public FilterException(String filter, String reason) {
        super("filter '" + filter + "' does not compile: " + reason);
    }
}
