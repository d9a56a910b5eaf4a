// SPDX-License-Identifier: Apache-2.0
/** A ZooKeeper server inside this process, alone or one of an ensemble. The server's own types stay here. */
package drcopy.coordinator.serve;
