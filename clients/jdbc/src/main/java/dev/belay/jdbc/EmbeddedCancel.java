package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * For databases that work in this process, on the thread that asks. That must be no virtual one:
 * queries on all carriers would leave none for the thread that cancels them. Their {@code abort}
 * does nothing, so a connection that is given up is closed.
 */
abstract class EmbeddedCancel implements ServerCancel {
  final Connection physical;

  private EmbeddedCancel(DatabaseMetaData metaData) throws SQLException {
    physical = metaData.unwrap(DatabaseMetaData.class).getConnection(); // not a pool's
  }

  @Override
  public void send(@Nullable Statement statement) throws SQLException {
    if (statement == null) {
      return;
    }
    try {
      // Not through a pool's wrapper: HikariCP gives up a connection on which a call says 08003,
      // and that is what DuckDB says of a statement that has just failed.
      statement.unwrap(Statement.class).cancel();
    } catch (SQLException | RuntimeException e) {
      if (isRemote()) {
        throw e;
      }
      // The statement has just ended, and inside one process nothing is under way afterwards.
    }
  }

  boolean isRemote() {
    return false;
  }

  @Override
  public boolean leavesConnectionClean() throws SQLException {
    return true;
  }

  @Override
  public Shield.Place place() {
    return Shield.Place.ofWork();
  }

  @Override
  public Shield.Place movePlace() {
    return Shield.Place.CALLER;
  }

  @Override
  public void breakOff() throws SQLException {
    physical.close();
  }

  static ServerCancel h2(DatabaseMetaData metaData) throws SQLException {
    return new H2(metaData);
  }

  static ServerCancel sqlite(DatabaseMetaData metaData) throws SQLException {
    return new Sqlite(metaData);
  }

  static ServerCancel duckDb(DatabaseMetaData metaData) throws SQLException {
    return new DuckDb(metaData);
  }

  /** H2, also where it is a server: then its driver waits for a socket. */
  private static final class H2 extends EmbeddedCancel {
    private final boolean remote;

    /** One interrupt of a thread that reads or writes a file closes the database for everybody. */
    private final boolean onFiles;

    H2(DatabaseMetaData metaData) throws SQLException {
      super(metaData);
      String url = String.valueOf(metaData.getURL());
      remote = url.startsWith("jdbc:h2:tcp:") || url.startsWith("jdbc:h2:ssl:");
      onFiles = !remote && !url.startsWith("jdbc:h2:mem:") && !url.startsWith("jdbc:h2:async:");
    }

    @Override
    boolean isRemote() {
      return remote;
    }

    /**
     * A cancel that comes as the statement ends marks its command, and the session keeps commands
     * by their text: the next statement of that text would end. Unless it keeps none.
     */
    @Override
    public boolean leavesConnectionClean() throws SQLException {
      try (Statement statement = physical.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "select setting_value from information_schema.settings"
                      + " where setting_name = 'QUERY_CACHE_SIZE'")) {
        return rows.next() && rows.getInt(1) == 0;
      }
    }

    @Override
    public boolean mayFetch(ResultSet rows) {
      return !onFiles;
    }

    @Override
    public Shield.Place place() {
      if (remote) {
        return Shield.Place.ofSocket();
      }
      return onFiles ? Shield.Place.PLATFORM_THREAD : super.place();
    }

    @Override
    public Shield.Place quickPlace() {
      return onFiles ? Shield.Place.PLATFORM_THREAD : super.quickPlace();
    }

    @Override
    public Shield.Place movePlace() {
      return remote ? Shield.Place.ofSocket() : super.movePlace();
    }
  }

  /** Cancelling an insert, update or delete rolls back the transaction around it. */
  private static final class Sqlite extends EmbeddedCancel {
    Sqlite(DatabaseMetaData metaData) throws SQLException {
      super(metaData);
    }

    @Override
    public boolean mayEndTransaction() {
      return true;
    }
  }

  /** Its statements cannot be cancelled while their rows are read; by default all are here then. */
  private static final class DuckDb extends EmbeddedCancel {
    DuckDb(DatabaseMetaData metaData) throws SQLException {
      super(metaData);
    }

    @Override
    public boolean mayFetch(ResultSet rows) {
      return false;
    }

    /** The driver sends a transaction's begin with its first statement, and a cancel may hit it. */
    @Override
    public boolean mayEndTransaction() {
      return true;
    }
  }
}
