// SPDX-License-Identifier: Apache-2.0
/** Where responses come from: diversion rules with a device or queue, or a plain capture. */
package drcopy.interceptor.site;
