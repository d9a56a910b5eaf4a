// SPDX-License-Identifier: Apache-2.0
/** The page of {@code coordinator serve}: HTML from what ZooKeeper and the agents say, control for who may. No ZooKeeper types. */
package drcopy.coordinator.web;
