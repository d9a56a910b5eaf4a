// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

/** What the adapters count besides commands and sessions given up. {@code metric} follows {@code drcopy_copier_mysql_}. */
public enum MySqlEvent {
    LOGINS("logins", "Logins that the target accepted, those of COM_CHANGE_USER too."),
    OWN_LOGINS(
            "own_logins", "Logins sent for sessions joined in mid-stream or whose connection to the target had ended."),
    FULL_LOGINS(
            "full_logins",
            "Logins for which the target wanted the password, for it was not in its cache; encrypted with the target's key."),
    RESPONSES("responses", "Answers of the target to commands, errors too."),
    ERRORS("errors", "Errors among them."),
    KILLS_REPLACED(
            "kills_replaced", "KILL commands that went as COM_PING: the number means another session on the target."),
    STATEMENTS_PREPARED("statements_prepared", "Statements that the target prepared, those prepared again too."),
    STATEMENTS_UNKNOWN(
            "statements_unknown",
            "Commands on a statement that the target does not have; sent as COM_PING or not at all.");

    private final String metric;
    private final String help;

    MySqlEvent(String metric, String help) {
        this.metric = metric;
        this.help = help;
    }

    public String metric() {
        return metric;
    }

    public String help() {
        return help;
    }
}
