// SPDX-License-Identifier: Apache-2.0
/**
 * The gRPC side toward the interceptors: one stream per connection, reconnected for ever; routes go out, response summaries
 * come in and pass to the shard. gRPC and protobuf end here. Links belong to the shard thread; what gRPC calls says so.
 */
package drcopy.copier.response;
