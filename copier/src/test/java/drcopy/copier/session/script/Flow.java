// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.copier.session.Target;
import drcopy.copier.session.script.Script.FlowSpec;
import drcopy.wire.FlowKey;
import drcopy.wire.SegmentBuilder;
import drcopy.wire.TcpFlags;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A flow of a script in one variant: turns the script's relative segments into packets, and packets back. */
final class Flow {
    /** Distance of the ISNs of a target's connections on the same addresses. */
    private static final int NEXT_IRS = 1_000_003;

    /** The session. */
    final FlowKey key = new FlowKey();
    /** The replica that the script talks about. */
    final FlowKey replica = new FlowKey();

    final FlowSpec spec;
    final Target target;
    final int iss;
    final int onlineIrs;
    private final int firstIrs;
    /** What the script writes as text, by offset in the client's stream. */
    private final NavigableMap<Long, byte[]> said = new TreeMap<>();

    private int clientWindow = 65_535;
    private int targetWindow = 65_535;

    Flow(FlowSpec spec, Variant v) {
        this.spec = spec;
        target = new Target(v.hi(spec.targetHost()), v.lo(spec.targetHost()), spec.targetPort());
        int online = spec.onlineHost();
        key.set(v.hi(0), v.lo(spec.clientHost()), spec.clientPort(), v.hi(0), v.lo(online), spec.onlinePort());
        replica.set(v.hi(0), v.lo(spec.replicaHost()), spec.replicaPort(), target.hi(), target.lo(), target.port());
        iss = v.iss() + spec.iss();
        onlineIrs = v.onlineIrs() + spec.onlineIrs();
        firstIrs = v.irs() + spec.irs();
    }

    /** The target's ISN of a connection that so many came before. */
    int irs(int generation) {
        return firstIrs + generation * NEXT_IRS;
    }

    /** The captured packet that a {@code c<} line means. */
    ByteBuffer captured(Segment s) {
        clientWindow = s.window() == null ? clientWindow : s.window();
        int ack = s.ack() == null ? 0 : onlineIrs + s.ack().intValue();
        Header header = new Header(s.flags(), iss + (int) s.start(), ack, clientWindow, or(s.urgent(), 0), options(s));
        if (s.said() != null) {
            said.put(s.payloadOffset(), s.said().getBytes(StandardCharsets.US_ASCII));
        }
        byte[] payload = s.isGarbage()
                ? Payload.bytes(spec.seed() + 1_000, s.payloadOffset(), s.length())
                : stream(s.payloadOffset(), s.length());
        SegmentBuilder segment = header.segment(key, payload);
        Segment.IpFields ip = s.ip();
        segment.trafficClass(or(ip.tos(), 0)).hopLimit(or(ip.ttl(), 64)).flowLabel(or(ip.flowLabel(), 0));
        segment.identification(or(ip.id(), 0));
        return ip.df() == null || ip.df()
                ? segment.build()
                : segment.mayFragment().build();
    }

    /** A piece of the client's stream. */
    private byte[] stream(long offset, int length) {
        byte[] bytes = Payload.bytes(spec.seed(), offset, length);
        said.forEach((start, text) -> {
            for (int i = 0; i < text.length; i++) {
                long at = start + i - offset;
                if (at >= 0 && at < length) {
                    bytes[(int) at] = text[i];
                }
            }
        });
        return bytes;
    }

    /** Index of the first payload byte of the packet that is not the client's, or -1. */
    private int mismatch(SentPacket p) {
        return p.mismatch(stream(payloadOffset(p), p.payloadLength()));
    }

    /** The header that a {@code t<} line means. */
    Header response(Segment s, int generation) {
        int window = or(s.window(), targetWindow);
        targetWindow = (s.flags() & TcpFlags.RST) != 0 ? targetWindow : window;
        int ack = s.ack() == null ? 0 : iss + s.ack().intValue();
        return new Header(s.flags(), irs(generation) + (int) s.start(), ack, window, 0, options(s));
    }

    private static byte[] options(Segment s) {
        return s.options() == null ? new byte[0] : OptionText.encode(s.options());
    }

    private static int or(Integer written, int otherwise) {
        return written == null ? otherwise : written;
    }

    /** A sent packet as this flow's script would write it, with every field. */
    Segment describe(SentPacket p) {
        boolean hasAck = (p.flags() & TcpFlags.ACK) != 0;
        Segment.IpFields ip = new Segment.IpFields(
                p.packet().trafficClass(),
                p.packet().hopLimit(),
                p.packet().identification(),
                p.packet().isDontFragment(),
                p.packet().flowLabel());
        return new Segment(
                p.flags(),
                p.seq() - iss,
                p.payloadLength(),
                hasAck ? (long) (p.ack() - irs(p.generation)) : null,
                p.window(),
                (p.flags() & TcpFlags.URG) != 0 ? p.urgentPointer() : null,
                p.options(),
                mismatch(p) >= 0,
                null,
                ip);
    }

    private long payloadOffset(SentPacket p) {
        return p.seq() - iss + (long) ((p.flags() & TcpFlags.SYN) != 0 ? 1 : 0);
    }

    /** Why the packet is not what the script expects, or null when it is. */
    String mismatch(Segment expected, SentPacket p) {
        Segment actual = describe(p);
        if (!p.key.equals(replica)) {
            return "sent on other addresses: " + p.key + ", not " + replica;
        } else if (actual.flags() != expected.flags()) {
            return "other flags";
        } else if (actual.start() != expected.start() || actual.length() != expected.length()) {
            return "other sequence numbers";
        } else if (actual.isGarbage()) {
            return "the payload is not the client's from byte " + mismatch(p);
        } else if (differ(expected.ack(), actual.ack())) {
            return "other acknowledgment";
        } else if (differ(expected.window(), actual.window())) {
            return "other window";
        } else if (differ(expected.urgent(), actual.urgent())) {
            return "other urgent pointer";
        } else if (expected.options() != null && !OptionText.matches(expected.options(), actual.options())) {
            return "other options";
        }
        return ipMismatch(expected.ip(), actual.ip());
    }

    private static String ipMismatch(Segment.IpFields expected, Segment.IpFields actual) {
        boolean differs = differ(expected.tos(), actual.tos())
                || differ(expected.ttl(), actual.ttl())
                || differ(expected.id(), actual.id())
                || differ(expected.df(), actual.df())
                || differ(expected.flowLabel(), actual.flowLabel());
        return differs ? "other IP fields" : null;
    }

    private static boolean differ(Object expected, Object actual) {
        return expected != null && !expected.equals(actual);
    }
}
