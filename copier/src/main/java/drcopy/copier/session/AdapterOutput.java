// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that a {@link ProtocolAdapter} wants sent. One for a shard, used again and again; owned by the shard thread. */
public final class AdapterOutput {
    private byte[] bytes = new byte[256];
    private int length;

    public int length() {
        return length;
    }

    /** Appends one byte. */
    public void put(int value) {
        grow(1);
        bytes[length++] = (byte) value;
    }

    /** Appends all of {@code more}. */
    public void put(byte[] more) {
        put(more, more.length);
    }

    /** Appends the first {@code count} bytes of {@code more}. */
    public void put(byte[] more, int count) {
        grow(count);
        System.arraycopy(more, 0, bytes, length, count);
        length += count;
    }

    /** Appends {@code count} bytes of {@code more} from {@code at} on. */
    public void put(ByteBuffer more, int at, int count) {
        grow(count);
        more.get(at, bytes, length, count);
        length += count;
    }

    /** A copy of what there is. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    public void clear() {
        length = 0;
    }

    void copyTo(ByteBuffer to, int at, int from, int count) {
        to.put(at, bytes, from, count);
    }

    private void grow(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
