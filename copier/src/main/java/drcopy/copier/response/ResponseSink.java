// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import java.nio.ByteBuffer;

/** Where what interceptors say about replicas goes. Any thread; never blocks. */
public interface ResponseSink {
    /**
     * Response records as {@code ResponseBatch.records} lays them out, big-endian, from position to limit, whole records only.
     * Read later, and not changed by anybody.
     */
    void onResponses(ByteBuffer records);

    /** The flow of this route belongs to another copier. */
    void onRouteConflict(long routeId);

    /** An interceptor was welcomed and has all routes. */
    void onInterceptorReturned();
}
