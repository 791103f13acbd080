package dev.belay.postgres;

import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A program of its own that starts a server; what becomes of that is what its caller tests. */
final class ServerHolder {
  private ServerHolder() {}

  /** What the program does once its server is there. */
  enum Ending {
    /** Nothing, until its standard input ends: to be killed. */
    WAITS,
    /** Returns without closing the server. */
    FORGETS,
    /** Waits too, and on a signal uses the server once more before it closes it. */
    DRAINS
  }

  public static void main(String[] arguments) throws IOException {
    EmbeddedPostgres server = EmbeddedPostgres.start();
    Ending ending = Ending.valueOf(arguments[0]);
    if (ending == Ending.DRAINS) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(server)));
    }
    System.out.println(server.pid());
    System.out.println(server.watchdog().pid());
    System.out.println(server.dataFolder());
    if (ending != Ending.FORGETS) {
      int ignored = System.in.read();
    }
  }

  private static void drain(EmbeddedPostgres server) {
    try (server;
        var connection = DriverManager.getConnection(server.jdbcUrl());
        var statement = connection.createStatement()) {
      statement.execute("select 1");
      System.out.println("drained");
    } catch (SQLException e) {
      System.out.println(e);
    }
  }
}
