// SPDX-License-Identifier: Apache-2.0
/**
 * What every drcopy process shares: command line conventions, log set-up, pid file, metrics endpoint. Knows nothing of packets
 * or sessions.
 */
package drcopy.agent;
