// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import java.nio.ByteBuffer;

/** Where what interceptors say about replicas goes. Any thread; never blocks. */
public interface ResponseSink {
    /**
     * Response records as {@code ResponseBatch.records} lays them out, big-endian, from position to limit, whole records only.
     * Read later, and not changed by anybody.
     */
    default void onResponses(ByteBuffer records) {
        onResponses(records, null);
    }

    /** @param payloads for each record the first bytes of its payload, or null; null when there are none at all */
    void onResponses(ByteBuffer records, ByteBuffer[] payloads);

    /** The flow of this route belongs to another copier. */
    void onRouteConflict(long routeId);

    /** An interceptor was welcomed and has all routes. */
    void onInterceptorReturned();
}
