// SPDX-License-Identifier: Apache-2.0
/** Who may speak the contract: certificates of copiers and interceptors. Imports gRPC, SLF4J and the JDK; any thread. */
package drcopy.tls;
