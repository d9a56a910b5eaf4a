// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * A program for the clients' host: makes a table through a JDBC driver and writes rows with statements prepared by the server,
 * between which one cannot be prepared.
 */
final class JdbcSession {
    static final int ROWS = 15;

    private JdbcSession() {}

    /** @param args URL, user, password, table */
    public static void main(String[] args) throws SQLException {
        try (Connection connection = DriverManager.getConnection(args[0], args[1], args[2])) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("create table " + args[3] + " (id int primary key, word varchar(20))");
            }
            try (PreparedStatement first = prepare(connection, args[3])) {
                insert(first, 0, 5);
                prepareWhatCannotBe(connection);
                try (PreparedStatement second = prepare(connection, args[3])) {
                    insert(second, 5, 10);
                    insert(first, 10, ROWS);
                }
            }
        }
    }

    private static PreparedStatement prepare(Connection connection, String table) throws SQLException {
        return connection.prepareStatement("insert into " + table + " values (?, ?)");
    }

    private static void insert(PreparedStatement insert, int from, int to) throws SQLException {
        for (int i = from; i < to; i++) {
            insert.setInt(1, i);
            insert.setString(2, "word " + i);
            insert.executeUpdate();
        }
    }

    private static void prepareWhatCannotBe(Connection connection) {
        try (PreparedStatement missing = connection.prepareStatement("select * from missing where id = ?")) {
            missing.setInt(1, 1);
            missing.executeQuery();
        } catch (SQLException expected) {
            return;
        }
        throw new IllegalStateException("the server prepared a statement on a table that is not there");
    }

    /** The command that runs it. */
    static List<String> command(String url, String user, String password, String table) {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx64m",
                "-cp",
                classes,
                JdbcSession.class.getName(),
                url,
                user,
                password,
                table);
    }
}
