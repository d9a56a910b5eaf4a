// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.site;

import drcopy.interceptor.config.Translation;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import java.util.List;

/** The translations of {@code --nat}, for look-ups that allocate nothing. Immutable. */
final class Translations {
    private final long[] hi;
    private final long[] lo;
    private final int[] port;
    private final long[] targetHi;
    private final long[] targetLo;
    private final int[] targetPort;

    Translations(List<Translation> all) {
        hi = all.stream().mapToLong(t -> Addresses.hi(t.from().address())).toArray();
        lo = all.stream().mapToLong(t -> Addresses.lo(t.from().address())).toArray();
        port = all.stream().mapToInt(t -> t.from().port()).toArray();
        targetHi =
                all.stream().mapToLong(t -> Addresses.hi(t.target().address())).toArray();
        targetLo =
                all.stream().mapToLong(t -> Addresses.lo(t.target().address())).toArray();
        targetPort = all.stream().mapToInt(t -> t.target().port()).toArray();
    }

    /** Puts the target in the place of a server that is translated. */
    void apply(FlowKey response) {
        for (int i = 0; i < port.length; i++) {
            if (port[i] == response.serverPort && lo[i] == response.serverLo && hi[i] == response.serverHi) {
                response.set(
                        response.clientHi,
                        response.clientLo,
                        response.clientPort,
                        targetHi[i],
                        targetLo[i],
                        targetPort[i]);
                return;
            }
        }
    }
}
