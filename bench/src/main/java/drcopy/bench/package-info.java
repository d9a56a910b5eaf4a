// SPDX-License-Identifier: Apache-2.0
/**
 * JMH benchmarks of what runs for every packet. Each checks that what it measured did its work. Those of what a package keeps to
 * itself are in a package of the same name.
 */
package drcopy.bench;
