// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import drcopy.v1.AttachRequest;

/**
 * What gRPC's threads tell the diversion thread about a stream. Of each stream: one OPENED, then MESSAGEs, then at most one end.
 * Immutable.
 *
 * @param message the message of {@link Kind#MESSAGE}, else null
 */
public record StreamEvent(Kind kind, AttachedStream stream, AttachRequest message) {
    /** What happened. */
    public enum Kind {
        /** A copier said Hello. */
        OPENED,
        /** A message after Hello; the stream gets no more of them than it was allowed to send. */
        MESSAGE,
        /** The copier has nothing more to say and waits for the end. */
        COMPLETED,
        /** The stream broke. */
        BROKEN
    }
}
