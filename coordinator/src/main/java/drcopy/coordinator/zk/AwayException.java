// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.zk;

/** ZooKeeper did not do what it was asked, for now: it is away, or refuses. The message is a clause for people. */
public final class AwayException extends RuntimeException {
    private static final long serialVersionUID = 1;

    AwayException(String message, Throwable cause) {
        super(message, cause);
    }
}
