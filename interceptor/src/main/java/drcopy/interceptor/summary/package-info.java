// SPDX-License-Identifier: Apache-2.0
/** From a response's bytes to its 40-byte record. Pure: imports the wire module only; no thread, clock, socket or log. */
package drcopy.interceptor.summary;
