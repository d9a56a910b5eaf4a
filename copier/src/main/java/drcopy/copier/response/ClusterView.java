// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import drcopy.agent.HostPort;
import java.util.List;

/** Which interceptors there are, as known now. Immutable; a newer view replaces the whole. */
public record ClusterView(List<HostPort> interceptors) {
    public ClusterView {
        interceptors = List.copyOf(interceptors);
    }
}
