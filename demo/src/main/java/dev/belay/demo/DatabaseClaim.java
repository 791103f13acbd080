package dev.belay.demo;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second program off the database: its start would undo the orders that this one is taking.
 * The claim is a lock that the server holds for as long as a connection lives, so that it goes with
 * the program, however that ends. When the server itself was restarted, the claim is made again.
 */
final class DatabaseClaim implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DatabaseClaim.class);

  /** "belay" as a number: nobody else's lock, it is to be hoped. */
  private static final long LOCK = 0x62656c6179L;

  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final String url;
  private final CancellableContext ctx;
  private final Thread keeper;

  private DatabaseClaim(Context parent, String url, Connection claimed) {
    this.url = url;
    this.ctx = parent.withName("database claim").withCancel();
    this.keeper = Thread.ofVirtual().name("database-claim").start(() -> keep(claimed));
  }

  /**
   * Claims the database of {@code url} until this is closed.
   *
   * @throws TakenException if another program has it
   */
  static DatabaseClaim claim(Context parent, String url) throws SQLException {
    return new DatabaseClaim(parent, url, claimed(url));
  }

  private static Connection claimed(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    try (var statement = connection.createStatement()) {
      // A program that was killed just now may take the server a moment to notice.
      statement.execute("set lock_timeout = '3s'");
      statement.execute("select pg_advisory_lock(" + LOCK + ")");
      return connection;
    } catch (SQLException e) {
      try (connection) {
        if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
          throw new TakenException(e);
        }
        throw e;
      }
    }
  }

  private void keep(Connection first) {
    Connection connection = first;
    while (!ctx.isDone()) {
      awaitLoss(connection);
      try {
        ctx.sleep(PAUSE_AFTER_FAILURE);
        connection = claimed(url);
      } catch (ContextEndedException | InterruptedException e) {
        log.debug("the claim is given up", e);
      } catch (SQLException | TakenException e) {
        log.warn("the claim on the database is lost: {}", Printable.of(e));
      }
    }
  }

  /** Returns when the connection is broken or the context has ended; it is closed then. */
  private void awaitLoss(Connection connection) {
    try (connection) {
      ctx.run(
          attempt -> connection.abort(Runnable::run),
          c -> {
            while (true) { // nobody notifies: this only waits for the connection to break
              connection.unwrap(PGConnection.class).getNotifications(0);
            }
          });
    } catch (SQLException | ContextEndedException e) {
      log.debug("the claim's connection is gone", e);
    }
  }

  @Override
  public void close() {
    ctx.close();
    try {
      keeper.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Another program has the database. */
  static final class TakenException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    TakenException(SQLException cause) {
      super("another order service uses this database; stop it, or use another database", cause);
    }
  }
}
