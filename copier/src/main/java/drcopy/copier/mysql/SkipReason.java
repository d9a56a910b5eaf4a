// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

/** Why a session is not mirrored. {@code label} is its name in metrics. */
public enum SkipReason {
    TLS("tls", "the client asked for TLS"),
    COMPRESSION("compression", "the client asked for compression"),
    UNKNOWN_USER("unknown_user", "no password is known for its user"),
    UNKNOWN_PLUGIN(
            "unknown_plugin",
            "the target asks for an authentication plugin that is not supported, or for a hash not known"),
    NO_PASSWORD("no_password", "the target asks for the password, and only its hash is known"),
    LOGIN_DENIED("login_denied", "the target denied the login"),
    TARGET_ERROR("target_error", "the target greeted with an error"),
    OLD_PROTOCOL("old_protocol", "a protocol older than 4.1"),
    CAPABILITIES("capabilities", "its commands have a form that the target does not know"),
    LOCAL_INFILE("local_infile", "the client uploads a file"),
    REPLICATION("replication", "the client is a replication client"),
    PAYLOAD_MISSING("payload_missing", "the interceptor did not show enough of the target's answer"),
    TARGET_SILENT("target_silent", "the target did not answer the login"),
    MALFORMED("malformed", "not the protocol, or not from a command's beginning");

    private final String label;
    private final String text;

    SkipReason(String label, String text) {
        this.label = label;
        this.text = text;
    }

    public String label() {
        return label;
    }

    /** One clause for people. */
    public String text() {
        return text;
    }
}
