// SPDX-License-Identifier: Apache-2.0
/** The preflight of {@code --check}: looks at the host and changes nothing. */
package drcopy.interceptor.check;
