package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Accounts in a database, and what its transfers have returned. */
final class Ledger {
  static final int ACCOUNTS = 100;
  private static final int CENTS = 1_000_000;

  final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  final Set<String> refused = ConcurrentHashMap.newKeySet();
  final Set<String> unknown = ConcurrentHashMap.newKeySet();

  /** So much from one account to another; they differ. */
  record Transfer(String id, int source, int target, int cents) {
    static Transfer random(Random random) {
      int source = random.nextInt(ACCOUNTS);
      int target = (source + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
      return new Transfer(UUID.randomUUID().toString(), source, target, 1 + random.nextInt(50));
    }

    void in(Connection tx) throws SQLException {
      add(tx, source, -cents);
      add(tx, target, cents);
      try (PreparedStatement insert =
          tx.prepareStatement("insert into transfer values (?, ?, ?, ?)")) {
        insert.setString(1, id);
        insert.setInt(2, source);
        insert.setInt(3, target);
        insert.setInt(4, cents);
        insert.executeUpdate();
      }
    }

    private static void add(Connection tx, int account, int cents) throws SQLException {
      try (PreparedStatement update =
          tx.prepareStatement("update account set cents = cents + ? where id = ?")) {
        update.setInt(1, cents);
        update.setInt(2, account);
        assertThat(update.executeUpdate()).isEqualTo(1);
      }
    }
  }

  static Ledger open(Connection database) throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute("drop table if exists transfer");
      statement.execute("drop table if exists account");
      statement.execute("create table account (id int primary key, cents int not null)");
      statement.execute(
          "create table transfer (id varchar(36) primary key, source int, target int, cents int)");
      for (int id = 0; id < ACCOUNTS; id++) {
        statement.addBatch("insert into account values (" + id + ", " + CENTS + ")");
      }
      statement.executeBatch();
    }
    return new Ledger();
  }

  static void assertSumIsConstant(Connection database) throws SQLException {
    assertThat(number(database, "select sum(cents) from account")).isEqualTo(ACCOUNTS * CENTS);
  }

  /** Every account has what its transfers say, and those are all that were acknowledged. */
  void assertSound(Connection database) throws SQLException {
    assertSumIsConstant(database);
    assertThat(
            number(
                database,
                "select count(*) from account a where cents <> "
                    + CENTS
                    + " + (select coalesce(sum(t.cents), 0) from transfer t where target = a.id)"
                    + " - (select coalesce(sum(t.cents), 0) from transfer t where source = a.id)"))
        .as("accounts that differ from their transfers")
        .isZero();
    Set<String> done = transfers(database);
    assertThat(missing(acknowledged, done)).as("acknowledged and lost").isEmpty();
    done.removeAll(acknowledged);
    assertThat(missing(done, unknown)).as("done and not acknowledged").isEmpty();
  }

  private static Set<String> missing(Set<String> wanted, Set<String> there) {
    var missing = new HashSet<>(wanted);
    missing.removeAll(there);
    return missing;
  }

  private static Set<String> transfers(Connection database) throws SQLException {
    var ids = new HashSet<String>();
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery("select id from transfer")) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }

  private static int number(Connection database, String sql) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Override
  public String toString() {
    return "%d acknowledged, %d refused, %d unknown"
        .formatted(acknowledged.size(), refused.size(), unknown.size());
  }
}
