// SPDX-License-Identifier: Apache-2.0
/**
 * Dialogues that no real server holds on demand: services that push, answer in parts, say 100 Continue or answer early, and
 * their clients. What a server hears is noted with its time, so that two servers can be compared. Imports the JDK only.
 */
package drcopy.lab.dialogue;
