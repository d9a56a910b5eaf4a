// SPDX-License-Identifier: Apache-2.0
/**
 * Offline replay: a capture file as a packet source that keeps the capture's own pace, and what a file holds. Knows neither the
 * engine nor a clock: time comes in as an argument, load as counters. Owned by the shard thread.
 */
package drcopy.copier.offline;
