// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.wire.IpPacket;

/** Which packets are responses of a diverted service. */
@FunctionalInterface
public interface ServiceSet {
    /** True when the packet's source is such a service. */
    boolean sends(IpPacket packet);
}
