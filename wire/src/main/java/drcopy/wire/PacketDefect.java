// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

/** Why bytes from the network are not a TCP segment that can be used. {@link #NONE} says that they are. */
public enum PacketDefect {
    /** A whole TCP segment. */
    NONE,
    /** Fewer bytes than the headers or the IP length announce (also a snap length that cut the packet). */
    TRUNCATED,
    /** The version nibble is neither 4 nor 6. */
    BAD_VERSION,
    /** IPv4 header length under 20 bytes, or an IP length that does not hold the headers. */
    BAD_IP_LENGTH,
    /** An IPv6 header with an IPv4-mapped address (RFC 4291 section 2.5.5.2), which would pass for another packet's IPv4. */
    BAD_ADDRESS,
    /** One of several fragments of a packet (RFC 791 section 3.2, RFC 8200 section 4.5): {@link Reassembly} takes it. */
    FRAGMENT,
    /** Another protocol than TCP. */
    NOT_TCP,
    /** TCP data offset under 5 words or past the end of the packet. */
    BAD_DATA_OFFSET,
    /** An option whose length is under 2 or runs past the header. */
    BAD_OPTION_LENGTH
}
