// SPDX-License-Identifier: Apache-2.0
/**
 * Tells the interceptors which replicas this copier owns: the ring between shard and {@code routes} thread, the table of live
 * routes, and a feed for each stream. Bytes are those of interception.proto; the streams themselves are in {@code
 * drcopy.copier.response}. Everything but the ring's producer side belongs to the {@code routes} thread.
 */
package drcopy.copier.route;
