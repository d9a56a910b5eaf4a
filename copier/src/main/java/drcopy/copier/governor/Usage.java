// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.governor;

/**
 * What the copier used over the last second or so. Immutable.
 *
 * @param cpuPercent of one core
 * @param memoryShare of the memory for held segments or of the room for sessions, whichever is fuller, 0..1
 */
public record Usage(double cpuPercent, double mbitPerSecond, double packetsPerSecond, double memoryShare) {}
