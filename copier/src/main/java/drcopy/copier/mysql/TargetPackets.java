// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The target's packets one by one, while every byte of them counts: the login. Bounded. */
final class TargetPackets {
    private static final int MOST_BYTES = 16_384;
    private static final int HEADER = 4;

    private byte[] bytes = new byte[256];
    private int length;
    private boolean isCut;
    private int sequence;

    void clear() {
        length = 0;
        isCut = false;
    }

    /** Takes the first {@code shown} of {@code count} bytes; what is not shown is lost. */
    void add(ByteBuffer more, int at, int shown, int count) {
        int room = isCut ? 0 : Math.min(shown, MOST_BYTES - length);
        if (bytes.length - length < room) {
            bytes = Arrays.copyOf(bytes, length + room);
        }
        if (room > 0) {
            more.get(at, bytes, length, room);
        }
        length += room;
        isCut |= room < count;
    }

    /** The payload of the next whole packet, or null; {@link #sequence} is its number then. */
    byte[] next() {
        if (length < HEADER || length - HEADER < size()) {
            return null;
        }
        int end = HEADER + size();
        sequence = bytes[3] & 0xff;
        byte[] payload = Arrays.copyOfRange(bytes, HEADER, end);
        System.arraycopy(bytes, end, bytes, 0, length - end);
        length -= end;
        return payload;
    }

    private int size() {
        return bytes[0] & 0xff | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff) << 16;
    }

    int sequence() {
        return sequence;
    }

    /** True when bytes are missing, so that no further packet can be told. */
    boolean isCut() {
        return isCut;
    }
}
