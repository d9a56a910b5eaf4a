// SPDX-License-Identifier: Apache-2.0
/**
 * The pool in ZooKeeper, by Curator: the only package, with {@code serve}, that knows their types. Calls block until ZooKeeper
 * answers or cannot be reached; what watches hear is told on Curator's thread.
 */
package drcopy.coordinator.zk;
