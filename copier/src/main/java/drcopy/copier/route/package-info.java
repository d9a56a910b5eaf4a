// SPDX-License-Identifier: Apache-2.0
/**
 * Tells the interceptors which replicas this copier owns: the ring that the engine fills, the table of live
 * routes, and a feed for each stream. Bytes are those of interception.proto; the streams themselves are in {@code
 * drcopy.copier.response}. Everything belongs to the shard thread.
 */
package drcopy.copier.route;
