package dev.belay.jdbc;

import dev.belay.Context;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a driver and its database, for one connection: how a statement is cancelled in
 * the server, and what has to be done around that. Each driver that was measured has a file; the
 * methods' defaults are right for every other one.
 */
interface Driver {
  /** Makes what is known of a driver for one of its connections, which may be a pool's. */
  @FunctionalInterface
  interface Factory {
    Driver of(Connection connection, DatabaseMetaData metaData) throws SQLException;
  }

  /**
   * The known drivers by the name they give themselves: a new one is a line here and a file. A
   * class is loaded when a connection of its driver comes, so no driver need be there.
   */
  @SuppressWarnings("ClassInitializationDeadlock") // an interface: no class below initializes it
  Map<String, Factory> KNOWN =
      Map.of(
          "PostgreSQL JDBC Driver", PostgresDriver::of,
          "MariaDB Connector/J", MariaDbDriver::of,
          "MySQL Connector/J", MySqlDriver::of,
          "H2 JDBC Driver", H2Driver::of,
          "SQLite JDBC", SqliteDriver::of,
          "DuckDBJ", DuckDbDriver::of);

  /** A driver that was not measured: its own cancel, and a new connection afterwards. */
  Driver UNKNOWN = new Driver() {};

  /** What is known of the driver below {@code connection}, whichever pool has wrapped it. */
  static Driver of(Connection connection) throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    if (metaData == null) {
      return UNKNOWN; // some wrappers have none
    }
    Factory factory = KNOWN.get(String.valueOf(metaData.getDriverName()));
    return factory == null ? UNKNOWN : factory.of(connection, metaData);
  }

  /** For messages and reports. */
  default String name() {
    return "JDBC";
  }

  /**
   * Sends one cancel; returns when it has arrived, or throws. Called on another thread than the one
   * that waits for the statement, and again until that has returned.
   *
   * @param statement null for work that has none in sight
   */
  default void cancel(@Nullable Statement statement) throws SQLException {
    if (statement != null) {
      statement.cancel();
    }
  }

  /**
   * Whether the connection may be used again after a cancel was sent and has arrived. False for a
   * driver whose cancels may yet hit the next statement. Asked only then, on the caller's thread.
   */
  default boolean isCleanAfterCancel() throws SQLException {
    return false;
  }

  /** Whether reading these rows may wait for the server; false if all are here. */
  default boolean mayFetch(ResultSet rows) throws SQLException {
    return true;
  }

  /** Whether reading a number or a text of the current row may wait for the server. */
  default boolean readsMayWait() {
    return true;
  }

  /** Whether closing rows that may fetch reads all the rest of them first. */
  default boolean closingReadsTheRest() {
    return false;
  }

  /** Whether making a prepared statement may wait for the server. */
  default boolean preparingMayWait() {
    return true;
  }

  /** Whether closing a statement or its rows may wait for the server. */
  default boolean closingMayWait() {
    return true;
  }

  /** Whether a cancel may leave the driver with a transaction that the database does not have. */
  default boolean cancelMayEndTransaction() {
    return false;
  }

  /**
   * Whether the database has rolled the whole transaction back, or refuses to commit it, because
   * {@code failure} was thrown in it. By default that is SQLState class 40, "transaction rollback".
   */
  default boolean endsTransaction(SQLException failure) {
    return String.valueOf(failure.getSQLState()).startsWith("40");
  }

  /** Whether the open transaction can only be rolled back, as far as the driver knows now. */
  default boolean isTransactionAborted() {
    return false;
  }

  /**
   * Whether a transaction is open in the database, also one begun by a statement's text, as far as
   * the driver knows now.
   */
  default boolean isTransactionOpen() {
    return false;
  }

  /** The text of a statement has ended the transaction of a connection without auto-commit. */
  default void endedByText() throws SQLException {}

  /** A statement with this text was executed. */
  default void executed(String sql) throws SQLException {}

  /** Where a call runs that may take long, when the current thread makes it. */
  default Place place() {
    return Place.ofSocket();
  }

  /** The same for moves in rows, of which there are very many. */
  default Place movePlace() {
    return place();
  }

  /** What makes the server itself end statements of {@code connection}. */
  default ServerLimit limit(Connection connection) {
    return ServerLimit.NONE;
  }

  /**
   * What a session may keep for its next user; null if that is not known, so that a connection
   * whose user was cut short is discarded.
   */
  default @Nullable Session session() {
    return null;
  }

  /** Closes a connection that is discarded, where the driver's {@code abort} does not. */
  default void closeBroken() throws SQLException {}

  /**
   * Called before and after each call that may be cancelled, on the thread that asks for it: a
   * driver whose cancels do not end a wait for a lock ends that by looking at the call's context.
   *
   * @param call its context; null after the call
   */
  default void waitUnder(@Nullable Context call) throws SQLException {}

  /** Whether the call has failed because its wait for a lock was ended that way. */
  default boolean hasEndedWait() {
    return false;
  }

  /** Whether an interrupt ends waits that a cancel does not end, and does no harm. */
  default boolean interruptEndsWaits() {
    return false;
  }

  /**
   * Whether an interrupt of a thread that is still inside the driver after the connection was
   * broken harms nothing else.
   */
  default boolean mayInterruptWhenBroken() {
    return true;
  }

  /** What a borrower may leave behind in its session, and how to undo it. */
  interface Session {
    /** The driver's own connection, the same for every borrower. */
    Connection physical();

    /** A query of one row, all columns text: equal rows mean that nothing was left behind. */
    String query();

    /**
     * Statements that undo what can be undone.
     *
     * @param before the row that the query gave when the connection was new
     */
    List<String> undo(List<@Nullable String> before);
  }
}
