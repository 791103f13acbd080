package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;

/** Looks at the server through a connection of its own, past everything that is tested. */
final class Observer implements AutoCloseable {
  private static final int LOOKS = 2_000;
  private static final String OTHERS =
      "from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() ";

  private final Connection connection;
  private final Statement statement;

  Observer(String url) throws SQLException {
    connection = DriverManager.getConnection(url);
    statement = connection.createStatement();
  }

  /** How many others work on a statement whose text has {@code part} in it. */
  int running(String part) throws SQLException {
    return number(
        "select count(*) " + OTHERS + "and state = 'active' and query like '%" + part + "%'");
  }

  /** How many others have a transaction open, active or idle. */
  int inTransaction() throws SQLException {
    return number("select count(*) " + OTHERS + "and xact_start is not null");
  }

  /** Waits until that many are at it. */
  void awaitRunning(String part, int wanted) throws SQLException {
    int looks = 0;
    while (running(part) != wanted) {
      assertThat(++looks).as("looks for %d running %s", wanted, part).isLessThan(LOOKS);
      pause();
    }
  }

  /** Waits until somebody waits for a lock. */
  void awaitLockWait() throws SQLException {
    int looks = 0;
    while (number("select count(*) " + OTHERS + "and wait_event_type = 'Lock'") == 0) {
      assertThat(++looks).as("looks for a lock wait").isLessThan(LOOKS);
      pause();
    }
  }

  /** Waits until no session holds an advisory lock. */
  void awaitNoAdvisoryLock() throws SQLException {
    int looks = 0;
    while (number("select count(*) from pg_locks where locktype = 'advisory'") > 0) {
      assertThat(++looks).as("looks for no advisory lock").isLessThan(LOOKS);
      pause();
    }
  }

  /** Waits until that many other connections are there: the server notices a lost one late. */
  void awaitBackends(int wanted) throws SQLException {
    int looks = 0;
    for (Set<Integer> there = backends(); there.size() != wanted; there = backends()) {
      assertThat(++looks).as("looks for %d backends, not %s", wanted, there).isLessThan(LOOKS);
      pause();
    }
  }

  /** The server processes of all other connections. */
  Set<Integer> backends() throws SQLException {
    var pids = new TreeSet<Integer>();
    try (ResultSet rows = statement.executeQuery("select pid " + OTHERS)) {
      while (rows.next()) {
        pids.add(rows.getInt(1));
      }
    }
    return pids;
  }

  int number(String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    }
  }

  void execute(String sql) throws SQLException {
    statement.execute(sql);
  }

  private void pause() throws SQLException {
    statement.execute("select pg_sleep(0.005)");
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
