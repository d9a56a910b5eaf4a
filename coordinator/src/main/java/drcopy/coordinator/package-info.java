// SPDX-License-Identifier: Apache-2.0
/**
 * The coordinator: which copiers and interceptors make a pool, who holds which instance ID, and what operators want, all kept in
 * ZooKeeper. {@code member} is what copier and interceptor use of it; Curator and ZooKeeper stay in {@code zk} and {@code serve}.
 */
package drcopy.coordinator;
