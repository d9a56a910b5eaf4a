// SPDX-License-Identifier: Apache-2.0
/**
 * The books: every counter of the copier, every reason to drop a segment or to close a replica. Pure; imports the JDK only.
 * Counters are written by the shard thread and read by any.
 */
package drcopy.copier.ledger;
