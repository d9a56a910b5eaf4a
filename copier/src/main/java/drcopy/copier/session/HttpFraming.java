// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.nio.ByteBuffer;

/**
 * How far a client's stream is in a message of HTTP/1 (RFC 9112 sections 3, 6 and 7): says whether the next byte continues a
 * message, which no answer in between can change. What is not HTTP/1 from its first byte on, or stops being so, is left alone.
 * Keeps no bytes, and does not look at those of bodies. Owned by its stream.
 */
final class HttpFraming {
    /** What comes next. */
    private enum State {
        /** A message, or another protocol. */
        BEGIN,
        /** The rest of a line that may be a request's. */
        REQUEST_LINE,
        /** A field of the head, or the empty line behind it. */
        FIELD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        TRAILER,
        /** A message, or what the connection was upgraded to. */
        BEGIN_OR_UPGRADED,
        /** What the connection was upgraded to, to its end. */
        UPGRADED,
        /** Another protocol, to its end. */
        OTHER,
        /** What cannot be told, because bytes are missing. */
        LOST
    }

    private static final byte LF = '\n';
    private static final byte CR = '\r';
    private static final int MOST_METHOD_BYTES = 24;
    private static final int MOST_LINE_BYTES = 65_536;
    private static final long MOST_SIZE = Long.MAX_VALUE >> 8;

    // The last seven bytes of a line or word.
    private static final long SEVEN_BYTES = 0xff_ffff_ffff_ffffL;
    private static final long VERSION = 0x485454502f312eL; // HTTP/1.
    private static final long CONNECT = 0x434f4e4e454354L;

    private State state = State.BEGIN;
    /** What the stream is if it is no request that is at hand. */
    private State otherwise = State.OTHER;

    private boolean isHttp;
    /** Bytes of the line at hand. */
    private int lineBytes;
    /** The last bytes of the line or word at hand. */
    private long tail;

    private boolean isMethod;
    private final HttpFields fields = new HttpFields();
    /** The rest of the field's line matters. */
    private boolean isOfNote;
    /** The size of a chunk, as far as read, and whether that is all. */
    private long size;

    private boolean isSizeRead;
    /** Bytes of the body or the chunk that are still to come. */
    private long left;

    /** True when the stream is known to be HTTP/1, or what HTTP/1 was upgraded to. */
    boolean isHttp() {
        return isHttp;
    }

    /** True when the next byte is known to continue a message, or what the connection was upgraded to. */
    boolean continues() {
        return switch (state) {
            case FIELD, BODY, CHUNK_SIZE, CHUNK, TRAILER, UPGRADED -> true;
            case BEGIN, REQUEST_LINE, BEGIN_OR_UPGRADED, OTHER, LOST -> false;
        };
    }

    /** The stream goes on, or another begins, anywhere. */
    void lose() {
        state = State.LOST;
    }

    /** As {@link #lose}, and nothing is known of the protocol. */
    void forget() {
        state = State.LOST;
        isHttp = false;
    }

    /** The next bytes of the stream are missing. */
    void skip(int count) {
        if ((state == State.BODY || state == State.CHUNK) && count <= left) {
            pass(count);
        } else if (count > 0 && state != State.UPGRADED && state != State.OTHER) {
            state = State.LOST;
        }
    }

    /**
     * The next bytes of the stream.
     *
     * @param b in network order
     * @param isAnswered the client had heard more of online's since the bytes before
     * @return false when no request begins with them: they continue one, or are none where requests are expected
     */
    boolean take(ByteBuffer b, int from, int count, boolean isAnswered) {
        if (state == State.REQUEST_LINE && isAnswered) {
            state = State.BEGIN; // half a request line is answered by nobody: the one before was none
        }
        boolean wasHttp = isHttp;
        boolean mayBegin = !continues();
        int end = from + count;
        int at = from;
        while (at < end) {
            at = switch (state) {
                case BEGIN, BEGIN_OR_UPGRADED, LOST -> begin(b.get(at), at, end);
                case REQUEST_LINE -> requestLine(b, at, end);
                case FIELD, TRAILER -> field(b, at, end);
                case CHUNK_SIZE -> chunkSize(b, at, end);
                case BODY, CHUNK -> at + pass(end - at);
                case UPGRADED, OTHER -> end;
            };
        }
        return mayBegin && (!wasHttp || isHttp && state != State.LOST && state != State.UPGRADED);
    }

    private int begin(byte first, int at, int end) {
        if (isHttp && (first == CR || first == LF)) {
            return at + 1; // RFC 9112 2.2: an empty line before a request
        }
        otherwise = switch (state) {
            case BEGIN_OR_UPGRADED -> State.UPGRADED;
            case LOST -> State.LOST;
            default -> State.OTHER;
        };
        if (!isOfMethod(first)) {
            return noRequest(end);
        }
        state = State.REQUEST_LINE;
        beginLine();
        isMethod = true;
        return at;
    }

    private int noRequest(int end) {
        state = otherwise;
        isHttp &= state != State.OTHER;
        return end;
    }

    private static boolean isOfMethod(byte b) {
        return b >= 'A' && b <= 'Z' || b == '-' || b == '_';
    }

    private void beginLine() {
        lineBytes = 0;
        tail = 0;
        isOfNote = false;
    }

    /** RFC 9112 section 3: METHOD SP TARGET SP HTTP/1.x. */
    private int requestLine(ByteBuffer b, int from, int end) {
        int at = from;
        while (isMethod && at < end) {
            byte next = b.get(at++);
            if (next == ' ' && lineBytes > 0) {
                isMethod = false;
                fields.beginHead((tail & SEVEN_BYTES) == CONNECT);
                break;
            }
            if (!isOfMethod(next) || ++lineBytes > MOST_METHOD_BYTES) {
                return noRequest(end);
            }
            tail = tail << 8 | next;
        }
        int stop = HttpFields.indexOfLf(b, at, end);
        noteTail(b, at, stop);
        if (stop == end) {
            return lineBytes > MOST_LINE_BYTES ? noRequest(end) : end;
        }
        if ((tail >>> 8 & SEVEN_BYTES) != VERSION) {
            return noRequest(end);
        }
        isHttp = true;
        state = State.FIELD;
        beginLine();
        return stop + 1;
    }

    private void noteTail(ByteBuffer b, int from, int stop) {
        lineBytes += stop - from;
        for (int at = Math.max(from, stop - Long.BYTES - 1); at < stop; at++) {
            byte next = b.get(at);
            tail = next == CR ? tail : tail << 8 | next & 0xff;
        }
    }

    /** RFC 9112 section 5, and the empty line that ends a head or trailer. */
    private int field(ByteBuffer b, int from, int end) {
        int at = from;
        if (lineBytes == 0) {
            isOfNote = state == State.FIELD && fields.beginLine(b.get(at));
        }
        while (isOfNote && at < end) {
            byte next = b.get(at++);
            if (next == LF) {
                return endField(at);
            }
            isOfNote = fields.take(next);
            lineBytes++;
        }
        int stop = HttpFields.indexOfLf(b, at, end);
        boolean isEmpty = lineBytes == 0 && stop - at == 1 && b.get(at) == CR || lineBytes + stop - at == 0;
        if (stop == end) {
            lineBytes += lineBytes == 0 && isEmpty ? 0 : stop - at;
            return end;
        }
        if (isEmpty) {
            endHead();
            return stop + 1;
        }
        return endField(stop + 1);
    }

    private int endField(int next) {
        fields.endLine();
        beginLine();
        return next;
    }

    /** RFC 9112 6.3. */
    private void endHead() {
        boolean isHead = state == State.FIELD;
        beginLine();
        if (isHead && fields.isChunked()) {
            beginChunk();
        } else if (isHead && fields.length() == HttpFields.NO_LENGTH) {
            state = State.OTHER;
            isHttp = false;
        } else if (isHead && fields.length() > 0) {
            state = State.BODY;
            left = fields.length();
        } else {
            endMessage();
        }
    }

    private void endMessage() {
        state = fields.isUpgrade() ? State.BEGIN_OR_UPGRADED : State.BEGIN;
    }

    private void beginChunk() {
        state = State.CHUNK_SIZE;
        size = 0;
        isSizeRead = false;
        beginLine();
    }

    /** RFC 9112 7.1. */
    private int chunkSize(ByteBuffer b, int from, int end) {
        int at = from;
        while (!isSizeRead && at < end) {
            int digit = Character.digit(b.get(at), 16);
            if (digit < 0 && lineBytes == 0 || size > MOST_SIZE / 16) {
                state = State.LOST;
                return end;
            }
            isSizeRead = digit < 0; // an extension, or the end of the line
            if (!isSizeRead) {
                size = size << 4 | digit;
                lineBytes++;
                at++;
            }
        }
        int stop = HttpFields.indexOfLf(b, at, end);
        if (stop == end) {
            return end;
        }
        state = size == 0 ? State.TRAILER : State.CHUNK;
        left = size + 2;
        beginLine();
        return stop + 1;
    }

    /** Bytes of a body or chunk go by. @return how many */
    private int pass(int most) {
        int count = (int) Math.min(left, most);
        left -= count;
        if (left == 0 && state == State.CHUNK) {
            beginChunk();
        } else if (left == 0) {
            endMessage();
        }
        return count;
    }
}
