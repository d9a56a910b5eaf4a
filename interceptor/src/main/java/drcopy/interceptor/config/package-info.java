// SPDX-License-Identifier: Apache-2.0
/** The interceptor's command line and what it means. Knows nothing of threads, sockets or the kernel. */
package drcopy.interceptor.config;
