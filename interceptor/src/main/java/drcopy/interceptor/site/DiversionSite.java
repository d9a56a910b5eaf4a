// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.site;

import drcopy.interceptor.config.InterceptorConfig;
import drcopy.interceptor.config.Mode;
import drcopy.interceptor.diversion.ServiceSet;
import drcopy.netio.AfPacketSource;
import drcopy.netio.CaptureOptions;
import drcopy.netio.DiversionRules;
import drcopy.netio.NfQueueSource;
import drcopy.netio.PacketSource;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real server: rules of the kernel divert what the test service answers, and outlive this process. */
final class DiversionSite implements Site {
    private static final Logger LOG = LoggerFactory.getLogger(DiversionSite.class);
    private static final int QUEUE = 36524;
    private static final int QUEUE_PACKETS = 16384;

    private final InterceptorConfig config;
    private final DivertedServices services;
    private final DiversionRules rules;

    DiversionSite(InterceptorConfig config) {
        this.config = config;
        services = new DivertedServices(config.divert(), config.nat());
        rules = DiversionRules.of(
                config.mode() == Mode.ROUTE ? DiversionRules.Mode.ROUTE : DiversionRules.Mode.NFQUEUE,
                services.forRules(),
                DivertedServices.forRules(config.pass()),
                QUEUE);
    }

    @Override
    public String mode() {
        return config.mode().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String text() {
        return "diverts " + rules.text() + (config.pass().isEmpty() ? "" : ", passes " + config.pass());
    }

    @Override
    public void install() {
        rules.install();
    }

    @Override
    public PacketSource open() {
        return config.mode() == Mode.ROUTE
                ? new AfPacketSource(CaptureOptions.outgoing(DiversionRules.CAPTURE_DEVICE, "")
                        .withSnaplen(Sources.SNAPLEN_BYTES))
                : new NfQueueSource(QUEUE, Sources.SNAPLEN_BYTES, QUEUE_PACKETS);
    }

    @Override
    public void upkeep(PacketSource source) {
        Sources.reattach(source);
    }

    @Override
    public ServiceSet services() {
        return services;
    }

    @Override
    public boolean isWatched() {
        return rules.isWatched();
    }

    @Override
    public int unguardedDevices() {
        return rules.unguarded().size();
    }

    @Override
    public String guard() {
        List<String> faults = rules.verify();
        if (!faults.isEmpty()) {
            rules.repair();
        }
        List<String> followed = rules.follow();
        if (!followed.isEmpty()) {
            LOG.info("The host has changed; diverted by now: {}", String.join(", ", followed));
        }
        return faults.isEmpty() ? null : String.join(", ", faults);
    }
}
