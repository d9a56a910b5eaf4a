// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import java.nio.file.Path;

/**
 * What is replayed from a file, and how fast. Immutable.
 *
 * @param file a pcap or pcapng file, gzip too
 * @param speed times as fast as captured, 1 or more
 * @param skipNs gaps between packets longer than this are left out; {@code Long.MAX_VALUE} keeps all
 * @param repetitions how often the file is played
 * @param filter pcap filter besides the transfers; empty for none
 */
public record ReplayPlan(Path file, double speed, long skipNs, int repetitions, String filter) {}
