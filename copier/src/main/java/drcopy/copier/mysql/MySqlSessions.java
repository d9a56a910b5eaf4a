// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import drcopy.copier.session.ProtocolAdapter;
import java.util.function.Supplier;

/** Makes the adapters of one shard's sessions, and keeps what they share. Owned by the shard thread. */
public final class MySqlSessions implements Supplier<ProtocolAdapter> {
    private final Users users;
    private final MySqlCounts counts;
    private LoginRequest lastSeen;

    public MySqlSessions(Users users, MySqlCounts counts) {
        this.users = users;
        this.counts = counts;
    }

    @Override
    public ProtocolAdapter get() {
        return new MySqlAdapter(this);
    }

    Users users() {
        return users;
    }

    MySqlCounts counts() {
        return counts;
    }

    /** A client logged in so. */
    void seen(LoginRequest request) {
        if (request != null && users.secret(request.user()) != null) {
            lastSeen = request;
        }
    }

    /**
     * Who logs in for a session whose own login was not seen: as the last one that was, else the first user, with no database.
     *
     * @return null when nobody is known
     */
    LoginRequest requestForStranger(boolean hasQueryAttributes) {
        if (lastSeen != null) {
            return lastSeen;
        }
        String user = users.first();
        return users.secret(user) == null ? null : LoginRequest.own(user, hasQueryAttributes);
    }
}
