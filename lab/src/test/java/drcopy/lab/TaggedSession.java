// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.wire.SegmentBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a client sends in a session of one request, in frames with VLAN tags, written to its device as they are. This kernel has no
 * devices for VLANs, so no server answers; a copier needs only the client's side.
 */
final class TaggedSession {
    /** VLAN 7. */
    static final String ONE_TAG = "81000007";

    /** VLAN 7 in a provider's VLAN 100 (802.1ad). */
    static final String TWO_TAGS = "88a80064" + ONE_TAG;

    private static final String MACS = "02000000000a" + "020000000014";
    private static final String WRITER = "import socket, sys; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW);"
            + " s.bind(('eth0', 0)); [s.send(bytes.fromhex(f)) for f in sys.argv[1:]]";
    private static final int ISN = 1000;
    private static final int ONLINES_ISN = 5000;
    private static final AtomicInteger PORTS = new AtomicInteger(41_000);

    private TaggedSession() {}

    /** Opens a connection from a client's address to online's, asks for a path, and closes. */
    static void send(Lab lab, String tags, String client, String online, String path) {
        send(lab, tags, client, online, path, Stream::of);
    }

    /** The same; each packet becomes several, or another. */
    static void send(
            Lab lab,
            String tags,
            String client,
            String online,
            String path,
            Function<ByteBuffer, Stream<ByteBuffer>> altered) {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: tagged\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        int port = PORTS.incrementAndGet();
        SegmentBuilder syn = segment(client, port, online).syn().seq(ISN).mss(1460);
        SegmentBuilder ack = segment(client, port, online).seq(ISN + 1).ack(ONLINES_ISN + 1);
        SegmentBuilder data = segment(client, port, online)
                .seq(ISN + 1)
                .ack(ONLINES_ISN + 1)
                .psh()
                .payload(request);
        SegmentBuilder fin = segment(client, port, online)
                .seq(ISN + 1 + request.length)
                .ack(ONLINES_ISN + 200)
                .fin();
        String type = online.indexOf(':') < 0 ? "0800" : "86dd";
        String frames = Stream.of(syn, ack, data, fin)
                .flatMap(segment -> altered.apply(segment.build()))
                .map(packet -> MACS + tags + type + hex(packet))
                .collect(Collectors.joining(" "));
        lab.run("client", "bash", "-c", "python3 -c \"" + WRITER + "\" " + frames);
    }

    private static SegmentBuilder segment(String client, int port, String online) {
        return SegmentBuilder.segment(client, port, online, 80);
    }

    private static String hex(ByteBuffer packet) {
        byte[] bytes = new byte[packet.remaining()];
        packet.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
