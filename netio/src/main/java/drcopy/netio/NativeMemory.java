// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A piece of memory that both we and the kernel write: a direct buffer in native byte order with its address. The buffer must
 * stay reachable while the kernel knows the address.
 */
final class NativeMemory {
    private final ByteBuffer buffer;
    private final long address;

    private NativeMemory(ByteBuffer buffer, long address) {
        this.buffer = buffer;
        this.address = address;
    }

    /** Zeroed memory, aligned to 8 bytes. */
    static NativeMemory allocate(int bytes) {
        ByteBuffer whole = ByteBuffer.allocateDirect(bytes + 8);
        ByteBuffer aligned = whole.alignedSlice(8).order(ByteOrder.nativeOrder());
        return new NativeMemory(aligned, Pointer.nativeValue(Native.getDirectBufferPointer(aligned)));
    }

    /** Memory that belongs to the kernel's mapping at {@code address}: invalid after it is unmapped. */
    static NativeMemory at(long address, long bytes) {
        ByteBuffer buffer = new Pointer(address).getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
        return new NativeMemory(buffer, address);
    }

    /** The bytes, in native order. */
    ByteBuffer buffer() {
        return buffer;
    }

    /** Address of the first byte. */
    long address() {
        return address;
    }

    /** A view of part of it in network order, whose index 0 is at {@code offset}. */
    ByteBuffer networkOrder(int offset, int length) {
        return buffer.slice(offset, length).order(ByteOrder.BIG_ENDIAN);
    }
}
