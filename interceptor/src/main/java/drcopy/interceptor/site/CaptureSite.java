// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.site;

import drcopy.interceptor.diversion.ServiceSet;
import drcopy.netio.AfPacketSource;
import drcopy.netio.CaptureOptions;
import drcopy.netio.PacketSource;
import java.util.List;

/** The assistant placement: the target routes its responses to this host, which only watches them arrive. */
public final class CaptureSite implements Site {
    private final String device;
    private final String filter;

    public CaptureSite(String device, String filter) {
        this.device = device;
        this.filter = filter;
    }

    @Override
    public String mode() {
        return "capture";
    }

    @Override
    public String text() {
        return "captures '" + filter + "' on " + device;
    }

    @Override
    public void install() {}

    @Override
    public PacketSource open() {
        return new AfPacketSource(CaptureOptions.incoming(List.of(device), filter)
                .withMode(CaptureOptions.Mode.RING_V2)
                .withSnaplen(Sources.SNAPLEN_BYTES));
    }

    @Override
    public void upkeep(PacketSource source) {
        Sources.reattach(source);
    }

    @Override
    public ServiceSet services() {
        return packet -> true;
    }

    @Override
    public String guard() {
        return null;
    }
}
