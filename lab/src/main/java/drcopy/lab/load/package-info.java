// SPDX-License-Identifier: Apache-2.0
/**
 * An HTTP load generator for the lab: many client addresses, known request ids, one thread. Imports the JDK only. It has
 * wrk's place where each request must be recognisable afterwards.
 */
package drcopy.lab.load;
