package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a borrower may leave behind in its session. What it has set by JDBC's methods is always set
 * back. What it has done by statements, such as locks, temporary tables and settings, is its own to
 * undo; but when the context has cut it short, that is done here as far as the driver knows how.
 */
final class SessionState {
  /** What each physical connection was like before its first borrower. */
  private static final Map<Connection, List<@Nullable String>> WHEN_NEW =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final Connection target;
  private final Driver driver;
  private final Map<String, SqlRunnable> restoring = new LinkedHashMap<>();
  private boolean cutShort;
  private boolean unlisted;

  SessionState(Connection target, Driver driver) {
    this.target = target;
    this.driver = driver;
  }

  /** Whether it is yet to be learned what the connection is like when it is new. */
  boolean isUnknown() {
    Driver.Session session = driver.session();
    return session != null && !WHEN_NEW.containsKey(session.physical());
  }

  /** Learns that; opens no transaction that stays open. */
  void learn() throws SQLException {
    Driver.Session session = driver.session();
    if (session != null) {
      List<@Nullable String> row = row(session.query());
      if (!target.getAutoCommit()) {
        target.rollback();
      }
      WHEN_NEW.putIfAbsent(session.physical(), row);
    }
  }

  /** Something was changed that {@code restore} sets back; the first of a name counts. */
  void changed(String name, SqlRunnable restore) {
    restoring.putIfAbsent(name, restore);
  }

  boolean isChanged() {
    return !restoring.isEmpty();
  }

  /** The borrower was kept from a statement, so it may not have undone what it did. */
  void cutShort() {
    cutShort = true;
  }

  /** A statement is sent. */
  void sending(String sql) {
    unlisted |= StatementText.maySetUnlisted(sql);
  }

  /** What its borrower does with the driver's own connection is not seen. */
  void unwrapped() {
    unlisted = true;
  }

  boolean isCutShort() {
    return cutShort;
  }

  /** Sets back what was changed by JDBC's methods; no transaction is open. */
  void restore() throws SQLException {
    for (SqlRunnable restore : restoring.values()) {
      restore.run();
    }
  }

  /**
   * Undoes what statements have left behind; under auto-commit.
   *
   * @return whether nothing is left
   */
  boolean undo() throws SQLException {
    Driver.Session session = driver.session();
    List<@Nullable String> before = session == null ? null : WHEN_NEW.get(session.physical());
    if (session == null || before == null || unlisted) {
      return false;
    }
    try (Statement statement = target.createStatement()) {
      for (String each : session.undo(before)) {
        statement.execute(each);
      }
    }
    return row(session.query()).equals(before);
  }

  private List<@Nullable String> row(String query) throws SQLException {
    try (Statement statement = target.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      if (!rows.next()) {
        throw new SQLException("no row: " + query);
      }
      List<@Nullable String> row = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        row.add(rows.getString(i));
      }
      return row;
    }
  }
}
