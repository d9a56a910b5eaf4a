// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import drcopy.v1.AttachRequest;
import drcopy.v1.Hello;
import java.util.Optional;

/** What the first message of a stream must be. Stateless. */
final class HelloRule {
    /** The protocol this interceptor speaks. */
    static final int PROTOCOL = 1;

    private static final int MAX_NAME_LENGTH = 255;
    private static final int MAX_INSTANCE_ID = 1023;
    private static final int MAX_CONNECTION = 255;

    private HelloRule() {}

    /** What is wrong with the first message, as a sentence for its sender; empty when nothing is. */
    static Optional<String> objection(AttachRequest first) {
        if (!first.hasHello()) {
            return Optional.of("the first message must be a Hello, this one is "
                    + first.getMessageCase().name().toLowerCase(java.util.Locale.ROOT));
        }
        Hello hello = first.getHello();
        if (hello.getProtocol() != PROTOCOL) {
            return Optional.of("Hello.protocol " + Integer.toUnsignedString(hello.getProtocol())
                    + ": this interceptor speaks " + PROTOCOL);
        }
        if (!isName(hello.getCopierId())) {
            return Optional.of("Hello.copier_id: must be 1.." + MAX_NAME_LENGTH + " printable characters");
        }
        if (!hello.getPool().isEmpty() && !isName(hello.getPool())) {
            return Optional.of("Hello.pool: must be at most " + MAX_NAME_LENGTH + " printable characters");
        }
        if (Integer.compareUnsigned(hello.getConnection(), MAX_CONNECTION) > 0) {
            return Optional.of("Hello.connection " + Integer.toUnsignedString(hello.getConnection()) + ": must be 0.."
                    + MAX_CONNECTION);
        }
        return instanceIds(hello);
    }

    private static Optional<String> instanceIds(Hello hello) {
        for (int id : hello.getInstanceIdsList()) {
            if (Integer.compareUnsigned(id, MAX_INSTANCE_ID) > 0) {
                return Optional.of(
                        "Hello.instance_ids " + Integer.toUnsignedString(id) + ": must be 0.." + MAX_INSTANCE_ID);
            }
        }
        if (hello.getLeaseEpochsCount() != 0 && hello.getLeaseEpochsCount() != hello.getInstanceIdsCount()) {
            return Optional.of("Hello.lease_epochs: must be empty or one for each of instance_ids");
        }
        return Optional.empty();
    }

    /** Names go into logs: no control characters, no blanks. */
    private static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_NAME_LENGTH
                && text.chars().allMatch(c -> c > ' ' && c != 0x7f);
    }
}
