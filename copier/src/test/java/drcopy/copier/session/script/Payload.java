// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import java.nio.ByteBuffer;

/** What a model client says: every byte is a function of its flow and its place in the stream, so any piece can be checked. */
public final class Payload {
    private Payload() {}

    /** The byte at {@code offset} of the stream of {@code seed}; offset 1 is the first byte after the SYN. */
    public static byte at(int seed, long offset) {
        long x = (offset + 0x632be59bd9b4e019L * (seed + 1)) * 0x9e3779b97f4a7c15L;
        return (byte) (x >>> 56);
    }

    /** A piece of the stream. */
    public static byte[] bytes(int seed, long offset, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = at(seed, offset + i);
        }
        return bytes;
    }

    /** Index of the first byte that differs from the stream, or -1. */
    public static int mismatch(ByteBuffer b, int index, int seed, long offset, int length) {
        for (int i = 0; i < length; i++) {
            if (b.get(index + i) != at(seed, offset + i)) {
                return i;
            }
        }
        return -1;
    }
}
