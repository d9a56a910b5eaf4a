// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

/** The commands of the protocol, by their first byte. {@code label} is the name in metrics. */
public enum Command {
    QUIT(0x01),
    INIT_DB(0x02),
    QUERY(0x03),
    FIELD_LIST(0x04),
    STATISTICS(0x09),
    PROCESS_KILL(0x0c),
    PING(0x0e),
    CHANGE_USER(0x11),
    BINLOG_DUMP(0x12),
    TABLE_DUMP(0x13),
    REGISTER_SLAVE(0x15),
    STMT_PREPARE(0x16),
    STMT_EXECUTE(0x17),
    STMT_SEND_LONG_DATA(0x18),
    STMT_CLOSE(0x19),
    STMT_RESET(0x1a),
    SET_OPTION(0x1b),
    STMT_FETCH(0x1c),
    BINLOG_DUMP_GTID(0x1e),
    RESET_CONNECTION(0x1f),
    STMT_BULK_EXECUTE(0xfa),
    /** Any other byte: goes as it is. */
    OTHER(-1);

    private static final Command[] OF = new Command[256];

    static {
        java.util.Arrays.fill(OF, OTHER);
        for (Command command : values()) {
            if (command != OTHER) {
                OF[command.code] = command;
            }
        }
    }

    final int code;

    Command(int code) {
        this.code = code;
    }

    static Command of(byte code) {
        return OF[code & 0xff];
    }

    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** A statement ID follows the command's byte. */
    boolean hasStatement() {
        return switch (this) {
            case STMT_EXECUTE, STMT_SEND_LONG_DATA, STMT_CLOSE, STMT_RESET, STMT_FETCH, STMT_BULK_EXECUTE -> true;
            default -> false;
        };
    }

    /** The server says nothing to it. */
    boolean isUnanswered() {
        return this == STMT_SEND_LONG_DATA || this == STMT_CLOSE;
    }

    boolean isReplication() {
        return this == BINLOG_DUMP || this == BINLOG_DUMP_GTID || this == TABLE_DUMP || this == REGISTER_SLAVE;
    }

    /** Must be seen whole before it can go. */
    boolean isSeenWhole() {
        return this == CHANGE_USER || this == INIT_DB;
    }
}
