// SPDX-License-Identifier: Apache-2.0
/**
 * The diversion thread: packets in, summaries out, and the only writer of routes, parking and outboxes. One duty cycle, {@link
 * drcopy.interceptor.diversion.DiversionAgent#doWork}, and what calls it.
 */
package drcopy.interceptor.diversion;
