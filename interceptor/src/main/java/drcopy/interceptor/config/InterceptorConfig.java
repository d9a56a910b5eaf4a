// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.config;

import drcopy.agent.Cidr;
import drcopy.tls.MutualTls;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * What the interceptor is to do. Immutable; checked by {@link InterceptorOptions#config}.
 *
 * @param divert services to divert; empty with {@code captureDevice}
 * @param captureDevice where to capture without diverting; null when diverting
 * @param filter pcap filter for {@code captureDevice}; null when diverting
 * @param pass who gets the real responses
 * @param nat real servers whose addresses are translated on the way to clients
 * @param listen where copiers connect
 * @param tls certificates; empty without TLS
 */
public record InterceptorConfig(
        List<Service> divert,
        Mode mode,
        String captureDevice,
        String filter,
        List<Cidr> pass,
        List<Translation> nat,
        InetSocketAddress listen,
        Optional<MutualTls> tls) {

    /** Takes the lists over as they are now. */
    public InterceptorConfig {
        divert = List.copyOf(divert);
        pass = List.copyOf(pass);
        nat = List.copyOf(nat);
    }

    /** What copiers' connections are accepted with. */
    public ServerCredentials credentials() {
        return tls.map(MutualTls::server).orElseGet(InsecureServerCredentials::create);
    }

    /** True in the assistant placement, where nothing is diverted. */
    public boolean isCapture() {
        return captureDevice != null;
    }
}
