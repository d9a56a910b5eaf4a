// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

/** What is copied of a service. */
public enum Protocols {
    TCP("tcp", "ip proto 6"),
    /** Datagrams too ({@code --udp}). */
    TCP_AND_UDP("(tcp or udp)", "(ip proto 6 or ip proto 17)");

    private final String filter;
    private final String ipv4Filter;

    Protocols(String filter, String ipv4Filter) {
        this.filter = filter;
        this.ipv4Filter = ipv4Filter;
    }

    /** As pcap-filter(7) says it. */
    public String filter() {
        return filter;
    }

    /** The same for IPv4 alone, without a look beyond its header. */
    public String ipv4Filter() {
        return ipv4Filter;
    }
}
