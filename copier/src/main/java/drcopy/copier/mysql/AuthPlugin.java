// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

/** The authentication plugins that a login can be made for. */
enum AuthPlugin {
    NATIVE("mysql_native_password"),
    CACHING_SHA2("caching_sha2_password"),
    /** ed25519, LDAP, PAM, ... */
    OTHER("");

    final String text;

    AuthPlugin(String text) {
        this.text = text;
    }

    static AuthPlugin of(String name) {
        for (AuthPlugin plugin : values()) {
            if (plugin.text.equals(name)) {
                return plugin;
            }
        }
        return OTHER;
    }
}
