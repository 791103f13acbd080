package dev.belay.jdbc;

import dev.belay.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;

/** The databases that tests run on; {@link MariaDbServer} is another one. */
final class TestDatabases {
  private TestDatabases() {}

  static TestDatabase.Server postgres() throws IOException {
    return of(EmbeddedPostgres.start());
  }

  static TestDatabase.Server of(EmbeddedPostgres server) {
    return new Postgres(server);
  }

  private record Postgres(EmbeddedPostgres server) implements TestDatabase.Server {
    /** What the second word of a cancel's first message is; nothing else begins so. */
    private static final int CANCEL_REQUEST = 80877102;

    @Override
    public int port() {
      return server.port();
    }

    @Override
    public String jdbcUrl(int port) {
      return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    @Override
    public String limitQuery() {
      return "select setting from pg_settings where name = 'statement_timeout'";
    }

    @Override
    public boolean isCancel(byte[] sent, int length) {
      return length >= 8 && ByteBuffer.wrap(sent).getInt(4) == CANCEL_REQUEST;
    }

    @Override
    public String shortQuery() {
      return "select pg_sleep(0.001)";
    }

    @Override
    public String longQuery() {
      return "select pg_sleep(600)";
    }

    @Override
    public String longInsert() {
      return "insert into item select 1 from pg_sleep(600)";
    }

    @Override
    public String numbers(int last) {
      return "select * from generate_series(1, " + last + ")";
    }

    @Override
    public int working() throws SQLException {
      return number(
          "select count(*) from pg_stat_activity where backend_type = 'client backend'"
              + " and state = 'active' and pid <> pg_backend_pid()");
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** How many platform threads are in a native method of that class. */
  private static int threadsIn(String nativeClass) {
    int count = 0;
    for (StackTraceElement[] stack : Thread.getAllStackTraces().values()) {
      if (stack.length > 0
          && stack[0].isNativeMethod()
          && stack[0].getClassName().equals(nativeClass)) {
        count++;
      }
    }
    return count;
  }

  /** A database of its own inside this process, with what its sessions are to be like. */
  static TestDatabase h2(String settings) {
    return new H2(
        "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1" + settings,
        settings.contains("QUERY_CACHE_SIZE=0"),
        null);
  }

  /** A database in a file of that folder. */
  static TestDatabase h2File(Path folder) {
    return new H2("jdbc:h2:file:" + folder.resolve("test") + ";QUERY_CACHE_SIZE=0", true, null);
  }

  /** A database behind a socket. */
  static TestDatabase h2Server() throws SQLException {
    var server = org.h2.tools.Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
    return new H2(
        "jdbc:h2:tcp://127.0.0.1:"
            + server.getPort()
            + "/mem:test;DB_CLOSE_DELAY=-1;QUERY_CACHE_SIZE=0",
        true,
        server);
  }

  private record H2(String jdbcUrl, boolean keepsConnections, org.h2.tools.Server server)
      implements TestDatabase {
    @Override
    public String shortQuery() {
      return "select count(*) from system_range(1, 8000) where x * x = 3";
    }

    @Override
    public String longQuery() {
      return "select count(*) from system_range(1, 1000000) a, system_range(1, 1000000) b"
          + " where a.x + b.x = 3";
    }

    @Override
    public String numbers(int last) {
      return "select x from system_range(1, " + last + ")";
    }

    @Override
    public int working() throws SQLException {
      return number(
          "select count(*) from information_schema.sessions"
              + " where executing_statement is not null and session_id <> session_id()");
    }

    @Override
    public void close() throws IOException {
      try {
        execute("shutdown");
        if (server != null) {
          server.stop();
        }
      } catch (SQLException e) {
        throw new IOException(e);
      }
    }
  }

  /** A database in a file of that folder. */
  static TestDatabase sqlite(Path folder) {
    return new Sqlite("jdbc:sqlite:" + folder.resolve("test.sqlite"));
  }

  private record Sqlite(String jdbcUrl) implements TestDatabase {
    private static String count(long last) {
      return "with recursive c(x) as (select 1 union all select x + 1 from c where x < "
          + last
          + ") select ";
    }

    @Override
    public String shortQuery() {
      return count(4_000) + "count(*) from c";
    }

    @Override
    public String longQuery() {
      return count(1_000_000_000_000L) + "count(*) from c";
    }

    @Override
    public String numbers(int last) {
      return count(last) + "x from c";
    }

    @Override
    public int working() {
      return threadsIn("org.sqlite.core.NativeDB");
    }

    @Override
    public void close() {}
  }

  /** A database in a file of that folder. */
  static TestDatabase duckDb(Path folder) {
    return new DuckDb("jdbc:duckdb:" + folder.resolve("test.duckdb"));
  }

  private record DuckDb(String jdbcUrl) implements TestDatabase {
    @Override
    public String shortQuery() {
      return "select count(*) from range(100000) a(x) where x * x % 7 = 3";
    }

    @Override
    public String longQuery() {
      return "select count(*) from range(3000000) a(x), range(3000000) b(x)"
          + " where (a.x * b.x) % 7 = 3";
    }

    @Override
    public String numbers(int last) {
      return "select * from range(1, " + (last + 1) + ")";
    }

    @Override
    public int working() {
      return threadsIn("org.duckdb.DuckDBNative");
    }

    @Override
    public void close() {}
  }
}
