// SPDX-License-Identifier: Apache-2.0
/**
 * Which stream owns which flow, and where responses wait that come before their route. Owned by the diversion thread; imports
 * the wire module only; time comes in as an argument.
 */
package drcopy.interceptor.routing;
