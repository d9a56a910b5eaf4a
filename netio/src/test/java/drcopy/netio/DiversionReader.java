// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.util.List;

/** A process that installs a diversion and reads it until it is killed. */
final class DiversionReader {
    private DiversionReader() {}

    /** Arguments: the mode and the services. Prints a line when it reads. */
    public static void main(String[] args) {
        DiversionRules.Mode mode = DiversionRules.Mode.valueOf(args[0]);
        DiversionRules rules = DiversionRules.of(
                mode, List.of(DivertedService.parse(args[1]), DivertedService.parse(args[2])), List.of(), 5);
        rules.install();
        try (PacketSource source = mode == DiversionRules.Mode.ROUTE
                        ? new AfPacketSource(CaptureOptions.outgoing(DiversionRules.CAPTURE_DEVICE, "tcp"))
                        : new NfQueueSource(5, 160, 4096);
                Poller poller = new Poller(source.fileDescriptor())) {
            System.out.println("reading");
            while (true) {
                source.poll((buffer, offset, captured, wire, ns) -> {}, 64);
                poller.await(100_000_000L);
            }
        }
    }
}
