// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.wire.TcpFlags;

/**
 * One segment as a script writes it; numbers are relative to the flow's ISNs. A null field is unwritten: a default where the
 * script gives the segment, unchecked where it expects it.
 *
 * @param length payload bytes
 * @param options see {@link OptionText}; null for none written or {@code <...>}
 * @param isGarbage the payload is not the stream's bytes
 * @param said the payload as text, from now on the stream's bytes there; null for what {@link Payload} gives
 */
public record Segment(
        int flags,
        long start,
        int length,
        Long ack,
        Integer window,
        Integer urgent,
        String options,
        boolean isGarbage,
        String said,
        IpFields ip) {

    /** Fields of the IP header, each null when unwritten. */
    public record IpFields(Integer tos, Integer ttl, Integer id, Boolean df, Integer flowLabel) {
        static final IpFields NONE = new IpFields(null, null, null, null, null);

        private String text() {
            return (tos == null ? "" : " tos " + tos)
                    + (ttl == null ? "" : " ttl " + ttl)
                    + (id == null ? "" : " id " + id)
                    + (df == null ? "" : df ? " df" : " nodf")
                    + (flowLabel == null ? "" : " label " + flowLabel);
        }
    }

    /** Offset in the client's stream of the first payload byte. */
    long payloadOffset() {
        return start + ((flags & TcpFlags.SYN) != 0 ? 1 : 0);
    }

    /** The segment in script notation. */
    public String text() {
        return TcpFlags.text(flags)
                + " " + start + ":" + (start + length) + "(" + length + ")"
                + (ack == null ? "" : " ack " + ack)
                + (window == null ? "" : " win " + window)
                + (urgent == null ? "" : " urg " + urgent)
                + (options == null ? "" : " <" + options + ">")
                + ip.text();
    }
}
