// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.zk;

import drcopy.coordinator.config.PoolAddress;

/** Where a pool's znodes are. Immutable. */
record PoolPaths(String root, String pool) {
    static PoolPaths of(PoolAddress address) {
        return new PoolPaths(address.root(), address.pool());
    }

    String pools() {
        return root + "/pools";
    }

    String base() {
        return pools() + "/" + pool;
    }

    String interceptors() {
        return base() + "/interceptors";
    }

    String interceptor(String address) {
        return interceptors() + "/" + address;
    }

    String copiers() {
        return base() + "/copiers";
    }

    String copier(String id) {
        return copiers() + "/" + id;
    }

    String ids() {
        return base() + "/ids";
    }

    String id(int id) {
        return ids() + "/" + id;
    }

    String control() {
        return base() + "/control";
    }
}
