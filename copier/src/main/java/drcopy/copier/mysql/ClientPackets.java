// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import drcopy.copier.session.AdapterOutput;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts the client's stream into packets, in pieces of any size. As much of each packet's beginning as is needed to judge it is
 * collected first; then the {@link Judge} says what becomes of it, and the rest follows. A packet of 16 MiB or more goes on in
 * the next one, under the same judgment.
 */
final class ClientPackets {
    static final int HEADER = 4;

    private static final int FULL = 0xffffff;
    private static final int MOST_COLLECTED = 65_536;
    private static final int STATEMENT_HEAD = 5;
    private static final int TEXT_KEPT = 16_384;

    /** Says what becomes of a packet. */
    interface Judge {
        /**
         * A packet has begun.
         *
         * @param head its payload from the beginning: whole where that is asked for, else what is needed
         * @param length of the whole payload
         * @return true when its bytes go on as they are; false when it is left out, and what is to go in its place was put there
         */
        boolean onPacket(int sequence, byte[] head, int length, AdapterOutput out);

        /** A PREPARE is complete, its text whole, or null when it is too long. */
        void onPrepare(byte[] text, int end);
    }

    private final Judge judge;
    private byte[] collected = new byte[128];
    private int count;
    private int remaining;
    private boolean isLeftOut;
    private boolean goesOn;
    private boolean isMalformed;
    private boolean isChanged;
    private boolean isPreparing;
    private byte[] text;
    private int textLength;

    ClientPackets(Judge judge) {
        this.judge = judge;
    }

    /** A packet begins with what comes next. */
    void restart() {
        count = 0;
        remaining = 0;
        goesOn = false;
        isMalformed = false;
        isPreparing = false;
        text = null;
    }

    boolean isAtBoundary() {
        return count == 0 && remaining == 0 && !goesOn;
    }

    boolean isMalformed() {
        return isMalformed;
    }

    /** @return true when the output stands for the bytes; false when they go as they are */
    boolean take(ByteBuffer bytes, int at, int length, int end, AdapterOutput out) {
        isChanged = count > 0;
        int from = at;
        int stop = at + length;
        while (from < stop && !isMalformed) {
            if (remaining > 0) {
                from += pass(bytes, from, stop, out);
            } else {
                from += collect(bytes, from, stop, out);
            }
            if (remaining == 0 && count == 0 && isPreparing && !goesOn) {
                isPreparing = false;
                judge.onPrepare(text == null ? null : Arrays.copyOf(text, textLength), end - (stop - from));
            }
        }
        isChanged |= count > 0;
        return isChanged;
    }

    private int pass(ByteBuffer bytes, int from, int stop, AdapterOutput out) {
        int n = Math.min(remaining, stop - from);
        if (!isLeftOut) {
            out.put(bytes, from, n);
        }
        isChanged |= isLeftOut;
        if (text != null) {
            bytes.get(from, text, textLength, n);
            textLength += n;
        }
        remaining -= n;
        return n;
    }

    private int collect(ByteBuffer bytes, int from, int stop, AdapterOutput out) {
        int needed = needed();
        int n = Math.min(needed - count, stop - from);
        if (collected.length < count + n) {
            collected = Arrays.copyOf(collected, count + n);
        }
        bytes.get(from, collected, count, n);
        count += n;
        if (count == needed && needed == needed()) {
            begin(out);
        }
        return n;
    }

    private int size() {
        return collected[0] & 0xff | (collected[1] & 0xff) << 8 | (collected[2] & 0xff) << 16;
    }

    /** Bytes to collect, as far as that can be told from those collected. */
    private int needed() {
        if (count < HEADER) {
            return HEADER;
        }
        int size = size();
        boolean isContinuation = goesOn;
        if (size == 0 || isContinuation) {
            return HEADER;
        }
        if (collected[3] != 0) {
            return HEADER + Math.min(size, MOST_COLLECTED);
        }
        if (count == HEADER) {
            return HEADER + 1;
        }
        Command command = Command.of(collected[HEADER]);
        if (command.isSeenWhole()) {
            return HEADER + Math.min(size, MOST_COLLECTED);
        }
        if (command == Command.QUERY) {
            return HEADER + Math.min(size, QueryText.LOOKED_AT);
        }
        return HEADER + (command.hasStatement() ? Math.min(size, STATEMENT_HEAD) : 1);
    }

    private void begin(AdapterOutput out) {
        int size = size();
        boolean isContinuation = goesOn;
        goesOn = size == FULL;
        remaining = HEADER + size - count;
        if (!isContinuation) {
            int collectedSize = count - HEADER;
            if (collectedSize == MOST_COLLECTED) {
                isMalformed = true;
                return;
            }
            byte[] head = Arrays.copyOfRange(collected, HEADER, count);
            isLeftOut = !judge.onPacket(collected[3] & 0xff, head, size, out);
            beginText(head, size);
        }
        if (isLeftOut) {
            isChanged = true;
        } else {
            out.put(collected, count);
        }
        count = 0;
    }

    private void beginText(byte[] head, int size) {
        isPreparing = !isLeftOut && size > 0 && Command.of(head[0]) == Command.STMT_PREPARE && collected[3] == 0;
        text = isPreparing && size <= TEXT_KEPT ? new byte[size - 1] : null;
        textLength = 0;
    }

    /** The judge has changed bytes of the head: they go, not those that came. */
    void change(int offset, int value) {
        isChanged = true;
        for (int i = 0; i < Integer.BYTES; i++) {
            collected[HEADER + offset + i] = (byte) (value >>> 8 * i);
        }
    }
}
