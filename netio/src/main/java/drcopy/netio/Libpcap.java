// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The calls of libpcap that turn a filter's text into instructions and run them, by JNA's direct mapping. Loaded only when a filter
 * is compiled.
 */
final class Libpcap {
    static {
        Native.register(Libpcap.class, "pcap");
    }

    private Libpcap() {}

    static native long pcap_open_dead(int linkType, int snaplen);

    static native int pcap_compile(long pcap, long program, String text, int optimize, int netmask);

    static native Pointer pcap_geterr(long pcap);

    static native void pcap_freecode(long program);

    static native void pcap_close(long pcap);

    static native int bpf_filter(long instructions, long packet, int wireLength, int length);
}
