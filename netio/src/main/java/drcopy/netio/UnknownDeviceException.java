// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

/** A network device that this host does not have: bad configuration. */
public final class UnknownDeviceException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Names the device. */
    public UnknownDeviceException(String device) {
        super("no network device '" + device + "' on this host (see: ip link)");
    }
}
