// SPDX-License-Identifier: Apache-2.0
/**
 * Scripts that say what the session engine does: packetdrill's notation with an actor, a parser, and a runner with a virtual
 * clock. Pure but for reading the script files; one thread.
 */
package drcopy.copier.session.script;
