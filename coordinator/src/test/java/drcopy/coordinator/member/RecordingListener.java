// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import drcopy.agent.HostPort;
import drcopy.coordinator.pool.Control;
import drcopy.coordinator.pool.Lease;
import java.util.List;

/** Remembers what it was told last. */
final class RecordingListener implements CopierMembership.Listener {
    volatile List<HostPort> interceptors = List.of();
    volatile String copierId = "";
    volatile List<Lease> leases = List.of();
    volatile Control control = Control.NONE;
    volatile int unknowns;

    @Override
    public void onInterceptors(List<HostPort> now) {
        interceptors = now;
    }

    @Override
    public void onLeases(String id, List<Lease> now) {
        copierId = id;
        leases = now;
    }

    @Override
    public synchronized void onLeasesUnknown() {
        unknowns++;
    }

    @Override
    public void onControl(Control now) {
        control = now;
    }

    List<Integer> ids() {
        return leases.stream().map(Lease::id).toList();
    }
}
