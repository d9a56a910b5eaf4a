// SPDX-License-Identifier: Apache-2.0
/** What the interceptor counts and shows. Knows nothing of packets or streams. */
package drcopy.interceptor.metrics;
