// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What of this host's output is diverted, at one moment. Immutable.
 *
 * @param services as the operator named them
 * @param whole VIPs among their addresses: all that they send is diverted, whatever its port or protocol
 * @param addresses of this host: what a service on every address stands for
 */
record Selection(List<DivertedService> services, List<InetAddress> whole, List<InetAddress> addresses) {

    static Selection of(Collection<DivertedService> services, HostAddresses host) {
        return new Selection(
                List.copyOf(services),
                services.stream()
                        .flatMap(service -> service.address().stream())
                        .distinct()
                        .filter(host::isVirtual)
                        .toList(),
                services.stream().anyMatch(service -> service.address().isEmpty())
                        ? host.all().stream().sorted(Selection::byText).toList()
                        : List.of());
    }

    private static int byText(InetAddress a, InetAddress b) {
        return a.getHostAddress().compareTo(b.getHostAddress());
    }

    /** Services whose ports alone are diverted, each with an address. */
    List<DivertedService> byPort() {
        return services.stream()
                .flatMap(service -> service.address().isPresent()
                        ? List.of(service).stream()
                        : addresses.stream().map(a -> new DivertedService(Optional.of(a), service.port())))
                .filter(service -> !whole.contains(service.address().get()))
                .distinct()
                .toList();
    }

    /** A clause for the log. */
    String text() {
        String vips = whole.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
        String ports = services.stream()
                .filter(service ->
                        service.address().map(a -> !whole.contains(a)).orElse(true))
                .map(DivertedService::toString)
                .collect(Collectors.joining(", "));
        return (vips.isEmpty() ? "" : "all that " + vips + " sends")
                + (vips.isEmpty() || ports.isEmpty() ? "" : "; ")
                + (ports.isEmpty() ? "" : "what " + ports + " sends, no other port");
    }
}
