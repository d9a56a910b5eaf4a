// SPDX-License-Identifier: Apache-2.0
/**
 * The laboratory as seen from Java: hosts, processes on them, web servers, leak watch, comparison of what online and the
 * real servers got, and the demo. Builds on the script lab/lab. Every wait has a limit; every process started is ended by its pid.
 */
package drcopy.lab;
