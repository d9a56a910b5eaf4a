// SPDX-License-Identifier: Apache-2.0
/**
 * The only room that touches the kernel: capture rings, raw sockets, diversion rules and queues, capture files. JNA
 * lives here and nowhere else. An object belongs to the one thread that polls it, unless its class says otherwise.
 */
package drcopy.netio;
