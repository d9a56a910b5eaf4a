// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.site;

import drcopy.netio.AfPacketSource;
import drcopy.netio.PacketSource;
import java.net.NetworkInterface;
import java.net.SocketException;

/** What capturing sites share. */
final class Sources {
    /** IPv6 with a few extension headers, the longest TCP header, and the first bytes of payload. */
    static final int SNAPLEN_BYTES = 224;

    private Sources() {}

    static boolean hasDevice(String name) {
        try {
            return NetworkInterface.getByName(name) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    /** Follows a device that was deleted and made anew. */
    static void reattach(PacketSource source) {
        if (source instanceof AfPacketSource ring) {
            ring.reattach();
        }
    }
}
