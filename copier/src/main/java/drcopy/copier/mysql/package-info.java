// SPDX-License-Identifier: Apache-2.0
/**
 * MySQL's and MariaDB's client protocol as far as a mirror needs it: logins that fit another server's scramble, statement IDs
 * that fit another server's count, and what must not be mirrored. Pure: bytes in, bytes and decisions out; knows nothing of
 * packets, files or threads but the seam {@link drcopy.copier.session.ProtocolAdapter}. Nothing from the network throws.
 */
package drcopy.copier.mysql;
