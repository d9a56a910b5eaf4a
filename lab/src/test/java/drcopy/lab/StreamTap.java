// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import com.google.protobuf.InvalidProtocolBufferException;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads what copiers and an interceptor said to each other off a capture of whole packets on the interceptor's host: TCP put in order, then
 * HTTP/2 frames (RFC 9113 section 4.1), then gRPC's messages. One thread.
 */
final class StreamTap {
    private static final int PORT = 36524;
    private static final int PREFACE = 24;
    private static final int FRAME_HEADER = 9;
    private static final int MESSAGE_HEADER = 5;
    private static final int FIN_OR_RST = 5;
    private static final int SYN = 2;

    private final Listener listener;
    private final Map<Long, Direction> directions = new HashMap<>();

    /** Hears every message, in the order of the packets that ended them. The stream is the number of its connection. */
    interface Listener {
        void onRequest(long ns, long stream, AttachRequest request);

        void onResponse(long ns, long stream, AttachResponse response);

        void onEnd(long stream);
    }

    StreamTap(Listener listener) {
        this.listener = listener;
    }

    /** Reads the whole capture. */
    void read(Capture capture) {
        capture.read((ns, isOutgoing, length, packet) -> packet(ns, packet));
    }

    /** How many bytes came behind a hole that never filled; nothing is read beyond it. */
    long lostBytes() {
        return directions.values().stream()
                .flatMap(direction -> direction.early.values().stream())
                .mapToLong(bytes -> bytes.length)
                .sum();
    }

    private void packet(long ns, ByteBuffer packet) {
        int tcp = 4 * (packet.get(0) & 15);
        int source = packet.getShort(tcp) & 0xffff;
        boolean isRequest = source != PORT;
        // The copier's address and port: streams are told apart by them.
        long stream = isRequest
                ? (packet.getInt(12) & 0xffffffffL) << 16 | source
                : (packet.getInt(16) & 0xffffffffL) << 16 | packet.getShort(tcp + 2) & 0xffff;
        int flags = packet.get(tcp + 13);
        long key = stream << 1 | (isRequest ? 1 : 0);
        int seq = packet.getInt(tcp + 4);
        if ((flags & SYN) != 0) {
            directions.put(key, new Direction(isRequest, seq + 1));
            return;
        }
        Direction direction = directions.get(key);
        if (direction == null) {
            return;
        }
        int from = tcp + 4 * (packet.get(tcp + 12) >> 4 & 15);
        byte[] payload = new byte[Math.max(0, (packet.getShort(2) & 0xffff) - from)];
        packet.get(from, payload, 0, Math.min(payload.length, packet.limit() - from));
        direction.take(ns, stream, seq, payload);
        if ((flags & FIN_OR_RST) != 0) {
            listener.onEnd(stream);
        }
    }

    /** What one side of a connection said. */
    private final class Direction {
        private final boolean isRequest;
        private final Map<Integer, byte[]> early = new HashMap<>();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private byte[] pending = new byte[0];
        private int next;
        private boolean isPastPreface;

        Direction(boolean isRequest, int next) {
            this.isRequest = isRequest;
            this.next = next;
            this.isPastPreface = !isRequest;
        }

        void take(long ns, long stream, int seq, byte[] payload) {
            if (payload.length > 0 && seq - next + payload.length > 0) {
                early.merge(seq, payload, (one, other) -> one.length > other.length ? one : other);
            }
            for (Integer first = due(); first != null; first = due()) {
                byte[] bytes = early.remove(first);
                int known = next - first;
                if (known < bytes.length) {
                    append(Arrays.copyOfRange(bytes, known, bytes.length));
                    next += bytes.length - known;
                }
            }
            frames(ns, stream);
        }

        private Integer due() {
            return early.keySet().stream()
                    .filter(seq -> seq - next <= 0)
                    .findFirst()
                    .orElse(null);
        }

        private void append(byte[] bytes) {
            int before = pending.length;
            pending = Arrays.copyOf(pending, before + bytes.length);
            System.arraycopy(bytes, 0, pending, before, bytes.length);
        }

        private void frames(long ns, long stream) {
            int at = 0;
            if (!isPastPreface && pending.length >= PREFACE) {
                isPastPreface = true;
                at = PREFACE;
            }
            ByteBuffer all = ByteBuffer.wrap(pending);
            while (isPastPreface && pending.length - at >= FRAME_HEADER) {
                int length = all.getInt(at) >>> 8;
                if (pending.length - at - FRAME_HEADER < length) {
                    break;
                }
                if (pending[at + 3] == 0) {
                    message.write(pending, at + FRAME_HEADER, length);
                    messages(ns, stream);
                }
                at += FRAME_HEADER + length;
            }
            pending = Arrays.copyOfRange(pending, at, pending.length);
        }

        private void messages(long ns, long stream) {
            byte[] bytes = message.toByteArray();
            int at = 0;
            while (bytes.length - at >= MESSAGE_HEADER) {
                int length = ByteBuffer.wrap(bytes).getInt(at + 1);
                if (bytes.length - at - MESSAGE_HEADER < length) {
                    break;
                }
                say(ns, stream, ByteBuffer.wrap(bytes, at + MESSAGE_HEADER, length));
                at += MESSAGE_HEADER + length;
            }
            message.reset();
            message.write(bytes, at, bytes.length - at);
        }

        private void say(long ns, long stream, ByteBuffer bytes) {
            try {
                if (isRequest) {
                    listener.onRequest(ns, stream, AttachRequest.parseFrom(bytes));
                } else {
                    listener.onResponse(ns, stream, AttachResponse.parseFrom(bytes));
                }
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("no message of ours", e);
            }
        }
    }
}
