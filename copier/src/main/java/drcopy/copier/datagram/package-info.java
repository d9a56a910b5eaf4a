// SPDX-License-Identifier: Apache-2.0
/**
 * Datagrams toward the target: no sessions, no answers waited for, nothing sent again. Pure, as the session engine is: bytes come
 * in as arguments and go out through a sink. Owned by the shard thread.
 */
package drcopy.copier.datagram;
