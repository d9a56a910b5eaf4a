// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/** Where the sessions of one transfer are played: the target's address (as in {@link drcopy.wire.IpPacket}) and port. */
public record Target(long hi, long lo, int port) {}
