// SPDX-License-Identifier: Apache-2.0
/** Membership as an agent sees it: a thread of its own that keeps what the agent announced and tells it what changed. No ZooKeeper types. */
package drcopy.coordinator.member;
