// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps the copier within what the production host spares for it. {@link drcopy.copier.governor.Governor} decides and is pure; {@link
 * drcopy.copier.governor.GovernorAgent} measures and obeys, on the shard thread.
 */
package drcopy.copier.governor;
