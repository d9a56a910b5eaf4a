// SPDX-License-Identifier: Apache-2.0
/**
 * The gRPC side: the loop that is the diversion thread, the server on it, and the streams of copiers. gRPC's callbacks only
 * validate and post to {@link drcopy.interceptor.stream.StreamInbox}; what is sent on a stream is sent by the duty cycle alone.
 */
package drcopy.interceptor.stream;
