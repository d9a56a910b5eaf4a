// SPDX-License-Identifier: Apache-2.0
/**
 * Packet bytes as data: flyweights over IPv4, IPv6 and TCP headers, checksums, sequence arithmetic, flow keys.
 * May import the JDK's {@code java.lang}, {@code java.nio} and {@code java.util} only. No thread, no I/O: every class
 * belongs to the thread that made it.
 */
package drcopy.wire;
