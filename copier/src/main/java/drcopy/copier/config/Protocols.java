// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

/** What is copied of a service. */
public enum Protocols {
    TCP("tcp"),
    /** Datagrams too ({@code --udp}). */
    TCP_AND_UDP("(tcp or udp)");

    private final String filter;

    Protocols(String filter) {
        this.filter = filter;
    }

    /** As pcap-filter(7) says it. */
    public String filter() {
        return filter;
    }
}
