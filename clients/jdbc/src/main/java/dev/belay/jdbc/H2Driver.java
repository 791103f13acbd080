package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** H2, also where it is a server: then its driver waits for a socket. */
final class H2Driver extends EmbeddedDriver {
  private final boolean remote;

  /** One interrupt of a thread that reads or writes a file closes the database for all. */
  private final boolean onFiles;

  private H2Driver(DatabaseMetaData metaData) throws SQLException {
    super(metaData);
    String url = String.valueOf(metaData.getURL());
    remote = url.startsWith("jdbc:h2:tcp:") || url.startsWith("jdbc:h2:ssl:");
    onFiles = !remote && !url.startsWith("jdbc:h2:mem:") && !url.startsWith("jdbc:h2:async:");
  }

  static Driver of(Connection connection, DatabaseMetaData metaData) throws SQLException {
    return new H2Driver(metaData);
  }

  @Override
  public String name() {
    return "H2";
  }

  @Override
  boolean isRemote() {
    return remote;
  }

  /**
   * A cancel that comes as the statement ends marks its command, and the session keeps commands by
   * their text: the next statement of that text would end. Unless it keeps none.
   */
  @Override
  public boolean isCleanAfterCancel() throws SQLException {
    try (Statement statement = physical.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select setting_value from information_schema.settings"
                    + " where setting_name = 'QUERY_CACHE_SIZE'")) {
      return rows.next() && rows.getInt(1) == 0;
    }
  }

  @Override
  public boolean closingMayWait() {
    return remote || onFiles;
  }

  @Override
  public boolean mayFetch(ResultSet rows) {
    return !onFiles;
  }

  /** A thread of its own: the caller could not be released from a wait for a table's lock. */
  @Override
  public Place place() {
    return remote ? Place.VIRTUAL_THREAD : Place.PLATFORM_THREAD;
  }

  @Override
  public Place movePlace() {
    return remote ? Place.VIRTUAL_THREAD : super.movePlace();
  }

  /** Its cancels do not end a wait for the lock of a row. */
  @Override
  public boolean interruptEndsWaits() {
    return !remote && !onFiles;
  }

  @Override
  public boolean mayInterruptWhenBroken() {
    return !onFiles;
  }

  /** What it lists itself: variables, search path, temporary tables. */
  @Override
  public Session session() {
    return new EmbeddedSession(
        physical,
        "select listagg(state_command, ';') within group (order by state_key), current_schema"
            + " from information_schema.session_state");
  }
}
