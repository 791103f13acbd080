package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
@Tag("process")
class EmbeddedPostgresTest {

  @Test
  void answersAndHasTheSettingsOfItsOwn() throws Exception {
    PostgresSettings settings =
        PostgresSettings.defaults().withMaxConnections(17).withParameter("work_mem", "5MB");
    try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
      assertThat(query(server, "select version()")).startsWith("PostgreSQL 18.");
      assertThat(query(server, "show max_connections")).isEqualTo("17");
      assertThat(query(server, "show work_mem")).isEqualTo("5MB");
      assertThat(query(server, "show listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(server, "show fsync")).isEqualTo("off");
      assertThat(query(server, "show client_connection_check_interval")).isEqualTo("500ms");
      assertThat(query(server, "show server_encoding")).isEqualTo("UTF8");
      assertThat(query(server, "select upper('é')")).isEqualTo("É");
    }
  }

  @Test
  void hasAnUrlForEachDatabase() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      execute(server, "create database \"a b+c/ü\"");
      try (Connection connection = DriverManager.getConnection(server.jdbcUrl("a b+c/ü"))) {
        assertThat(connection.getCatalog()).isEqualTo("a b+c/ü");
      }
    }
  }

  @Test
  void closeEndsEveryProcessAndRemovesTemporaryData() throws Exception {
    EmbeddedPostgres server = EmbeddedPostgres.start();
    ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
    ProcessHandle watchdog = server.watchdog();
    assertThat(server.dataFolder()).isDirectory();
    try (Connection open = DriverManager.getConnection(server.jdbcUrl())) {
      server.close();
      assertThat(open.isValid(1)).isFalse();
    }

    assertThat(process.isAlive()).isFalse();
    assertThat(watchdog.isAlive()).isFalse();
    assertThat(server.dataFolder()).doesNotExist();
    server.close();
  }

  @Test
  void leavesNoThread() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();

    EmbeddedPostgres.start().close();

    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !before.contains(thread))
        // Java's own, for a minute after any process.
        .filteredOn(thread -> !thread.getName().startsWith("process reaper"))
        .isEmpty();
  }

  @Test
  void twoStartedAtOnceAreTwo() throws Exception {
    Callable<EmbeddedPostgres> start = EmbeddedPostgres::start;
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<EmbeddedPostgres>> servers = threads.invokeAll(List.of(start, start));
      try (EmbeddedPostgres one = servers.get(0).get();
          EmbeddedPostgres other = servers.get(1).get()) {
        assertThat(one.port()).isNotEqualTo(other.port());
        execute(one, "create table only_here ()");
        assertThat(query(other, "select to_regclass('only_here')")).isNull();
      }
    }
  }

  @Test
  void dataInAFolderOutlivesTheServer(@TempDir Path temporary) throws Exception {
    Path folder = temporary.resolve("not").resolve("yet there");
    try (EmbeddedPostgres server = EmbeddedPostgres.start(folder)) {
      execute(server, "create table kept as select 42 as value");
    }
    try (EmbeddedPostgres server = EmbeddedPostgres.start(folder)) {
      assertThat(query(server, "select value from kept")).isEqualTo("42");
    }
    assertThat(folder.resolve("server.log")).exists();
  }

  @Test
  void leavesAFolderOfOtherThingsAlone(@TempDir Path folder) throws Exception {
    Path letter = Files.writeString(folder.resolve("letter"), "dear");

    assertThatThrownBy(() -> EmbeddedPostgres.start(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds files but no PostgreSQL data");

    assertThat(folder).isDirectoryContaining(letter::equals);
  }

  @Test
  void refusesAFolderThatIsInUse(@TempDir Path temporary) throws Exception {
    Path folder = temporary.resolve("data");
    try (EmbeddedPostgres server = EmbeddedPostgres.start(folder)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(folder))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("postmaster.pid\" already exists");

      assertThat(query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void saysWhyTheServerDidNotStartAndLeavesNothing() throws Exception {
    List<Path> before = temporaryFolders();
    PostgresSettings settings = PostgresSettings.defaults().withParameter("no_such", "thing");

    assertThatThrownBy(() -> EmbeddedPostgres.start(settings))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unrecognized configuration parameter \"no_such\"");

    assertThat(temporaryFolders()).isEqualTo(before);
  }

  @Test
  void interruptedStartLeavesNothing() throws Exception {
    List<Path> before = temporaryFolders();
    EmbeddedPostgres.start().close(); // unpacks, which is not what is interrupted here

    Thread.currentThread().interrupt();
    assertThatThrownBy(EmbeddedPostgres::start).isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(temporaryFolders()).isEqualTo(before);
  }

  @Test
  void restartAfterAKillHasWhatWasCommitted() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      execute(server, "create table kept as select 42 as value");
      long pid = server.pid();
      try (Connection open = DriverManager.getConnection(server.jdbcUrl())) {
        server.kill();
        assertThat(open.isValid(1)).isFalse();
      }
      server.kill();

      server.restart();

      assertThat(server.pid()).isNotEqualTo(pid);
      assertThat(query(server, "select value from kept")).isEqualTo("42");
    }
  }

  @Test
  void restartDoesNotWaitForTheKilledServerToBeCollected() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      String collector = Long.toString(server.watchdog().pid());
      assertThat(new ProcessBuilder("kill", "-STOP", collector).start().waitFor()).isZero();

      server.kill();
      server.restart();

      assertThat(query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void restartEndsABusySessionOfTheKilledServer() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        Connection busy = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = busy.createStatement();
        ExecutorService thread = Executors.newSingleThreadExecutor()) {
      int session = Integer.parseInt(query(busy, "select pg_backend_pid()"));
      Future<Boolean> query =
          thread.submit(
              () -> statement.execute("select count(*) from generate_series(1, 1000000000000)"));
      while (!"active".equals(query(server, stateOf(session)))) {
        Thread.onSpinWait();
      }

      server.kill();
      server.restart();

      assertThatThrownBy(query::get).hasCauseInstanceOf(SQLException.class);
      assertThat(query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void killedServerIsClosedWithNothingLeft() throws Exception {
    EmbeddedPostgres server = EmbeddedPostgres.start();
    server.kill();
    server.restart();
    server.kill();
    ProcessHandle watchdog = server.watchdog();

    server.close();

    assertThat(watchdog.isAlive()).isFalse();
    assertThat(server.dataFolder()).doesNotExist();
  }

  @Test
  void onlyAServerThatIsDownIsRestarted() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      assertThatIllegalStateException()
          .isThrownBy(server::restart)
          .withMessageContaining("running");
      server.close();
      assertThatIllegalStateException().isThrownBy(server::restart).withMessageContaining("closed");
    }
  }

  @ParameterizedTest
  @EnumSource(Account.class)
  void runsInTheNameOf(Account account, @TempDir Path temporary) throws Exception {
    boolean root = Account.uid() == 0;
    assumeTrue(root == (account != Account.CALLER), "is for " + (root ? "a plain user" : "root"));
    assumeTrue(
        Command.run(Path.of("/"), account.command("true")).succeeded(), "is not allowed here");

    PostgresSettings defaults = PostgresSettings.defaults();
    try (EmbeddedPostgres server = EmbeddedPostgres.start(defaults, account)) {
      execute(server, "create table kept as select 42 as value");
      server.kill();
      server.restart();
      assertThat(query(server, "select value from kept")).isEqualTo("42");
    }
  }

  @Test
  void rootHasTwoWaysOnTheSameData() throws Exception {
    assumeTrue(Account.uid() == 0, "is for root");
    for (Account account : List.of(Account.USER_NAMESPACE, Account.NOBODY)) {
      boolean allowed = Command.run(Path.of("/"), account.command("true")).succeeded();
      assumeTrue(allowed, account + " is not allowed here");
    }
    // Not a @TempDir, which only its owner may enter.
    Path folder = Files.createTempDirectory("belay-postgres-test-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    PostgresSettings settings = PostgresSettings.defaults().withDataFolder(folder.resolve("data"));
    try {
      for (Account account :
          List.of(Account.USER_NAMESPACE, Account.NOBODY, Account.USER_NAMESPACE)) {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings, account)) {
          execute(server, "create table if not exists kept ()");
          execute(server, "alter table kept add column " + "c" + System.nanoTime() + " int");
        }
      }
    } finally {
      FileTree.delete(folder);
    }
  }

  private static String stateOf(int session) {
    return "select state from pg_stat_activity where query like '%generate_series(1, 1%' and pid = "
        + session;
  }

  private static List<Path> temporaryFolders() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("belay-postgres-data-"))
          .sorted()
          .toList();
    }
  }

  private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
      return query(connection, sql);
    }
  }

  private static String query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
