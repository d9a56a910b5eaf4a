// SPDX-License-Identifier: Apache-2.0
/**
 * The agent on every real server: diverts the target's responses and returns their header summaries to the copier that owns
 * the replica.
 */
package drcopy.interceptor;
