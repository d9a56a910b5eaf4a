// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.site;

import drcopy.agent.Check;
import drcopy.agent.ConfigException;
import drcopy.interceptor.config.Translation;
import drcopy.interceptor.diversion.ServiceSet;
import drcopy.netio.AfPacketSource;
import drcopy.netio.BpfFilter;
import drcopy.netio.CaptureOptions;
import drcopy.netio.FilterException;
import drcopy.netio.PacketSource;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import java.util.List;

/** The assistant placement: the target routes its responses to this host, which only watches them arrive. */
final class CaptureSite implements Site {
    private final String device;
    private final String filter;
    private final Translations translations;

    /** @throws ConfigException when there is no such device, or the filter does not compile */
    CaptureSite(String device, String filter, List<Translation> nat) {
        Check.that(
                device.equals(CaptureOptions.ANY) || Sources.hasDevice(device),
                "--capture",
                device,
                "must be a network device of this host");
        try {
            BpfFilter.compile(filter);
        } catch (FilterException e) {
            throw new ConfigException("--filter", filter, "must compile: " + e.getMessage());
        }
        this.device = device;
        this.filter = filter;
        this.translations = new Translations(nat);
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
        return new ServiceSet() {
            @Override
            public boolean sends(IpPacket packet) {
                return true;
            }

            @Override
            public void translate(FlowKey response) {
                translations.apply(response);
            }
        };
    }

    @Override
    public boolean isWatched() {
        return true;
    }

    @Override
    public int unguardedDevices() {
        return 0;
    }

    @Override
    public String guard() {
        return null;
    }
}
