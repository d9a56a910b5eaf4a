// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

/** Why a request of the load was not answered well. */
public enum Failure {
    /** The connection was refused, reset or cut before the answer was whole. */
    BROKEN,
    /** The time limit of one request passed. */
    TIMED_OUT,
    /** The answer's status was not 200. */
    BAD_STATUS
}
