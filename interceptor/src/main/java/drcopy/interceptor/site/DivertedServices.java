// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.site;

import drcopy.agent.Cidr;
import drcopy.interceptor.config.Service;
import drcopy.interceptor.config.Translation;
import drcopy.interceptor.diversion.ServiceSet;
import drcopy.netio.AddressRange;
import drcopy.netio.DivertedService;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import java.util.List;
import java.util.Optional;

/** The services of {@code --divert}, in the forms that others want. Immutable. */
final class DivertedServices implements ServiceSet {
    private static final int ANY = 1 << 16;

    private final List<Service> services;
    private final Translations translations;
    private final long[] hi;
    private final long[] lo;
    /** Beyond 65535 where the service answers from every address. */
    private final int[] ports;

    DivertedServices(List<Service> services, List<Translation> translations) {
        this.translations = new Translations(translations);
        this.services = List.copyOf(services);
        hi = services.stream()
                .mapToLong(s -> s.address() == null ? 0 : Addresses.hi(s.address()))
                .toArray();
        lo = services.stream()
                .mapToLong(s -> s.address() == null ? 0 : Addresses.lo(s.address()))
                .toArray();
        ports = services.stream()
                .mapToInt(s -> s.address() == null ? s.port() | ANY : s.port())
                .toArray();
    }

    @Override
    public boolean sends(IpPacket packet) {
        int port = packet.sourcePort();
        for (int i = 0; i < ports.length; i++) {
            if (ports[i] == (port | ANY)
                    || ports[i] == port && lo[i] == packet.sourceLo() && hi[i] == packet.sourceHi()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void translate(FlowKey response) {
        translations.apply(response);
    }

    List<DivertedService> forRules() {
        return services.stream()
                .map(service -> new DivertedService(Optional.ofNullable(service.address()), service.port()))
                .toList();
    }

    static List<AddressRange> forRules(List<Cidr> pass) {
        return pass.stream()
                .map(range -> new AddressRange(range.address(), range.prefixLength()))
                .toList();
    }
}
