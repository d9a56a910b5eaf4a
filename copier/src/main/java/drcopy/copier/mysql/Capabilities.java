// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

/** Bits of the capability flags that both sides of a login name. */
final class Capabilities {
    static final int LONG_PASSWORD = 1;
    static final int LONG_FLAG = 1 << 2;
    static final int CONNECT_WITH_DB = 1 << 3;
    static final int COMPRESS = 1 << 5;
    static final int PROTOCOL_41 = 1 << 9;
    static final int SSL = 1 << 11;
    static final int TRANSACTIONS = 1 << 13;
    static final int SECURE_CONNECTION = 1 << 15;
    static final int MULTI_STATEMENTS = 1 << 16;
    static final int MULTI_RESULTS = 1 << 17;
    static final int PS_MULTI_RESULTS = 1 << 18;
    static final int PLUGIN_AUTH = 1 << 19;
    static final int CONNECT_ATTRS = 1 << 20;
    static final int LENENC_AUTH = 1 << 21;
    static final int DEPRECATE_EOF = 1 << 24;
    static final int ZSTD = 1 << 26;
    static final int QUERY_ATTRIBUTES = 1 << 27;

    /** What a login of our own asks for. */
    static final int OWN = LONG_PASSWORD
            | LONG_FLAG
            | PROTOCOL_41
            | TRANSACTIONS
            | SECURE_CONNECTION
            | MULTI_STATEMENTS
            | MULTI_RESULTS
            | PS_MULTI_RESULTS
            | PLUGIN_AUTH
            | DEPRECATE_EOF;

    /** What every login has that we send, whatever the target says of itself. */
    static final int NEEDED = PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH;

    private Capabilities() {}

    static boolean has(int flags, int bit) {
        return (flags & bit) != 0;
    }
}
