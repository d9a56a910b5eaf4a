// SPDX-License-Identifier: Apache-2.0
/**
 * A seeded simulation of the session engine between model clients and a model target, over a network that loses, reorders and
 * repeats. Pure; one thread; the same seed gives the same run.
 */
package drcopy.copier.session.sim;
