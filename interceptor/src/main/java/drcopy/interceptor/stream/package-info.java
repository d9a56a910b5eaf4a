// SPDX-License-Identifier: Apache-2.0
/**
 * The gRPC side: the server, and the streams of copiers as the diversion thread sees them. gRPC's threads only validate, post
 * to {@link drcopy.interceptor.stream.StreamInbox} and wake the diversion thread; what is sent on a stream is sent by the
 * diversion thread alone.
 */
package drcopy.interceptor.stream;
