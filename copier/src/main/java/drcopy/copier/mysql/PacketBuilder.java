// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import drcopy.copier.session.AdapterOutput;
import java.io.ByteArrayOutputStream;

/** Writes one packet's payload field by field, little-endian. */
final class PacketBuilder {
    private final ByteArrayOutputStream payload = new ByteArrayOutputStream(128);

    void u8(int value) {
        payload.write(value);
    }

    void u16(int value) {
        u8(value);
        u8(value >>> 8);
    }

    void u32(int value) {
        u16(value);
        u16(value >>> 16);
    }

    void zeros(int count) {
        for (int i = 0; i < count; i++) {
            u8(0);
        }
    }

    void bytes(byte[] value) {
        payload.write(value, 0, value.length);
    }

    void nulTerminated(byte[] value) {
        bytes(value);
        u8(0);
    }

    void lengthEncoded(int value) {
        if (value < 0xfb) {
            u8(value);
        } else if (value <= 0xffff) {
            u8(0xfc);
            u16(value);
        } else {
            u8(0xfd);
            u16(value);
            u8(value >>> 16);
        }
    }

    /** Header and payload; the payload is shorter than 16 MiB. */
    void writeTo(AdapterOutput out, int sequence) {
        packet(out, sequence, payload.toByteArray());
    }

    static void packet(AdapterOutput out, int sequence, byte[] payload) {
        out.put(payload.length);
        out.put(payload.length >>> 8);
        out.put(payload.length >>> 16);
        out.put(sequence);
        out.put(payload);
    }
}
