// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The four calls of libpcap that turn a filter's text into instructions, by JNA's direct mapping: pcap4j compiles filters but
 * does not hand out the instructions. Loaded only when a filter is compiled.
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
}
