// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.site;

import drcopy.netio.AfPacketSource;
import drcopy.netio.PacketSource;
import java.net.NetworkInterface;
import java.net.SocketException;

/** What capturing sites share. */
final class Sources {
    /**
     * Headers, and as much payload as a route may want: a key of RSA with 4096 bits, which MySQL sends in PEM, has 805 bytes with its
     * packet. A ring's frame is 1 KiB then.
     */
    static final int SNAPLEN_BYTES = 944;

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
