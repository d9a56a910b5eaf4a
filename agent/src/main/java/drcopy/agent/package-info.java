// SPDX-License-Identifier: Apache-2.0
/**
 * What every drcopy process shares: command line conventions, log set-up, pid file, metrics endpoint. Knows nothing of packets
 * or sessions. Used by the thread that starts a process; what other threads may use says so.
 */
package drcopy.agent;
