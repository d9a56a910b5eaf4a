// SPDX-License-Identifier: Apache-2.0
/** Which ZooKeeper and which pool: the options that copier, interceptor and commands share. No ZooKeeper types. */
package drcopy.coordinator.config;
