// SPDX-License-Identifier: Apache-2.0
/** The benchmark of a whole mirroring system in the lab, whichever program does it. */
package drcopy.lab.bench;
