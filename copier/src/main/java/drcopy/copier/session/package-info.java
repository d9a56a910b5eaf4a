// SPDX-License-Identifier: Apache-2.0
/**
 * The session engine: plays each client's session against the target as a TCP endpoint of its own. Pure: may import {@code
 * drcopy.wire}, {@code drcopy.copier.ledger} and the JDK's lang, nio and util, and knows no thread, clock, socket or logger.
 * Everything here belongs to one shard thread; time, bytes and identities come in as arguments.
 */
package drcopy.copier.session;
