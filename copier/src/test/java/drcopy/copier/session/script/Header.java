// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.wire.FlowKey;
import drcopy.wire.SegmentBuilder;

/**
 * The TCP header of a segment that a model sends, captured or summarised.
 *
 * @param options encoded, see {@link OptionText#encode}
 */
@SuppressWarnings("ArrayRecordComponent")
public record Header(int flags, int seq, int ack, int window, int urgent, byte[] options) {
    /** A segment from the key's client with {@code length} bytes of the stream of {@code seed} from {@code offset} on. */
    public SegmentBuilder segment(FlowKey key, int seed, long offset, int length) {
        return segment(key, Payload.bytes(seed, offset, length));
    }

    /** A segment from the key's client with this payload. */
    SegmentBuilder segment(FlowKey key, byte[] payload) {
        int[] raw = new int[options.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = options[i];
        }
        return SegmentBuilder.fromClient(key)
                .seq(seq)
                .ack(ack)
                .urgent(urgent)
                .flags(flags)
                .window(window)
                .rawOption(raw)
                .payload(payload);
    }
}
