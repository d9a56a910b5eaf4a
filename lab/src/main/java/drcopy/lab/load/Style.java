// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

/** How a connection of the load lives and ends. */
public enum Style {
    /** Many requests, one at a time, on a connection that stays. */
    KEEPALIVE,
    /** One request with {@code Connection: close}; the server closes first. */
    SHORT,
    /** One request; the client resets the connection once it is answered. */
    RESET,
    /** One request; the client closes its half at once and reads the answer to its end. */
    HALF_CLOSE;

    /** Whether a connection ends after one request. */
    boolean isOneRequest() {
        return this != KEEPALIVE;
    }

    /** Whether the request asks the server to close. */
    boolean asksToClose() {
        return this == SHORT || this == HALF_CLOSE;
    }
}
