// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.governor;

/** What a budget limits. */
public enum Resource {
    CPU("CPU"),
    BANDWIDTH("send bandwidth"),
    PACKETS("packet rate"),
    MEMORY("memory");

    private final String text;

    Resource(String text) {
        this.text = text;
    }

    /** Its name for people. */
    public String text() {
        return text;
    }
}
