package dev.belay.jdbc;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A database under test: what tests must know of it, and nothing of how it is cancelled. */
interface TestDatabase extends AutoCloseable {
  String jdbcUrl();

  /** A query of about a millisecond. */
  String shortQuery();

  /** A query that lasts far longer than any test. */
  String longQuery();

  /** The same as an insert into the table {@code item}, which has a number as its key. */
  default String longInsert() {
    return "insert into item " + longQuery();
  }

  /** A query whose rows are the numbers from 1 on. */
  String numbers(int last);

  /** How many statements it works on. */
  int working() throws SQLException;

  /** Whether a connection outlives the cancel of its statement. */
  default boolean keepsConnections() {
    return true;
  }

  @Override
  void close() throws IOException;

  /** Looks at the database past everything that is tested. */
  default int number(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  default void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A database that sleeps in another process. */
  interface Server extends TestDatabase {
    int port();

    /** The same at another port of this machine. */
    String jdbcUrl(int port);

    @Override
    default String jdbcUrl() {
      return jdbcUrl(port());
    }

    /** A query for how long the session lets a statement run; a number, 0 for ever. */
    String limitQuery();

    /** Whether what a client sends at once is a cancel, or has one in it. */
    boolean isCancel(byte[] sent, int length);
  }
}
