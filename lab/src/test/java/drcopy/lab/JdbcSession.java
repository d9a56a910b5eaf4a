// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A program for the clients' host: makes a table through a JDBC driver and writes ten rows with a statement prepared by the server. */
final class JdbcSession {
    private JdbcSession() {}

    /** @param args URL, user, password, table */
    public static void main(String[] args) throws SQLException {
        try (Connection connection = DriverManager.getConnection(args[0], args[1], args[2])) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("create table " + args[3] + " (id int primary key, word varchar(20))");
            }
            try (PreparedStatement insert = connection.prepareStatement("insert into " + args[3] + " values (?, ?)")) {
                for (int i = 0; i < 10; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "word " + i);
                    insert.executeUpdate();
                }
            }
        }
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
