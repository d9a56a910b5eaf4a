// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;

/** Which packets are responses of a diverted service. */
@FunctionalInterface
public interface ServiceSet {
    /** True when the packet's source is such a service. */
    boolean sends(IpPacket packet);

    /** Names the service in a response's key as copiers know it, where its own address is translated on the way. */
    default void translate(FlowKey response) {}
}
