// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.copier.capture.CaptureFilter;
import drcopy.copier.capture.TwoWaySource;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.config.Transfer;
import drcopy.netio.AfPacketSource;
import drcopy.netio.CaptureOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * What online says about prepared statements: small packets, and few. A source for each address family that is copied, as the
 * clients' packets have rings of their own by family. Stateless.
 */
final class OnlineCapture {
    /** Longest packet that is handed over, bytes. */
    static final int SNAPLEN = 160;

    private static final int BUFFER_MIB = 2;

    private OnlineCapture() {}

    /** @throws drcopy.netio.KernelException when the kernel refuses */
    static List<TwoWaySource.Way> open(CopierConfig config) {
        List<TwoWaySource.Way> ways = new ArrayList<>();
        for (int version : new int[] {4, 6}) {
            List<Transfer> transfers = config.transfers().list().stream()
                    .filter(transfer -> transfer.isIpv4() == (version == 4))
                    .toList();
            if (!transfers.isEmpty()) {
                ways.add(new TwoWaySource.Way(version, new AfPacketSource(options(config, transfers))));
            }
        }
        return ways;
    }

    private static CaptureOptions options(CopierConfig config, List<Transfer> transfers) {
        List<String> devices = config.capture().interfaces();
        return new CaptureOptions(
                devices.isEmpty() ? List.of(CaptureOptions.ANY) : devices,
                CaptureFilter.ofPrepared(transfers),
                BUFFER_MIB,
                SNAPLEN,
                CaptureOptions.Mode.RING_V2,
                CaptureOptions.Direction.OUTGOING,
                false);
    }
}
