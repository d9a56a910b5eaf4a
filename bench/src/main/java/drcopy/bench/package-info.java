// SPDX-License-Identifier: Apache-2.0
/** JMH benchmarks of what runs for every packet. Each checks that what it measured did its work. */
package drcopy.bench;
