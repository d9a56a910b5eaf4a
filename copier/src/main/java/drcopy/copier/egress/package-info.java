// SPDX-License-Identifier: Apache-2.0
/** From the engine's packets to the kernel. Owned by the shard thread. */
package drcopy.copier.egress;
