// SPDX-License-Identifier: Apache-2.0
/**
 * The shard thread: the one writer of its sessions. Drains what interceptors say and what was captured, runs the timers, sends,
 * and sleeps until there is more. The only place that reads a clock.
 */
package drcopy.copier.shard;
