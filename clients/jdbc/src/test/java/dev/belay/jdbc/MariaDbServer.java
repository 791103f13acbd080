package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A MariaDB server of the tests' own: Debian's {@code mariadb-server-core} is enough. A shell
 * beside it kills it and removes its data when this JVM is gone, by {@code kill -9} even.
 */
final class MariaDbServer implements TestDatabase.Server {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

  /**
   * Does what its standard input says, which ends when this JVM does; answers with the server's
   * process id, or with an empty line when that is gone.
   */
  private static final String KEEPER =
      """
      data=$1
      shift
      start() {
        "$@" --datadir="$data" < /dev/null >> "$data.log" 2>&1 &
        server=$!
      }
      kill_it() {
        [ -z "$server" ] || { kill -9 "$server"; wait "$server"; }
        server=
      }
      # Makes the files: a server that is killed while it makes them cannot start again.
      "$@" --datadir="$data" --bootstrap < /dev/null > "$data.log" 2>&1
      start "$@"
      echo "$server"
      while read -r order; do
        case $order in
          kill) kill_it ;;
          start) start "$@" ;;
        esac
        echo "$server"
      done
      kill_it
      rm -rf "$data" "$data.log"
      """;

  private final int port = freePort();
  private final Path data = Files.createTempDirectory("belay-mariadb-");
  private final Process keeper;
  private final BufferedReader answers;
  private final long pid;

  private final String scheme;

  private MariaDbServer(String program, String scheme) throws IOException {
    this.scheme = scheme;
    Files.createDirectory(data.resolve("test"));
    keeper =
        new ProcessBuilder(
                List.of(
                    "sh",
                    "-c",
                    KEEPER,
                    "keeper",
                    data.toString(),
                    program,
                    "--no-defaults",
                    // Everybody is let in, and the tables of users need not be made.
                    "--skip-grant-tables",
                    "--user=" + System.getProperty("user.name"),
                    "--bind-address=127.0.0.1",
                    "--port=" + port,
                    "--socket=" + data.resolve("socket"),
                    "--skip-name-resolve",
                    "--max-connections=500",
                    // A commit outlives the server, if not the machine.
                    "--innodb-flush-log-at-trx-commit=2",
                    "--innodb-log-file-size=8M"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    answers = keeper.inputReader();
    pid = Long.parseLong(answers.readLine());
  }

  /** Starts a server; where there is none to start, says so loudly and skips the test. */
  static MariaDbServer start() throws IOException {
    return start("mariadb");
  }

  /** The same for MySQL's driver. */
  static MariaDbServer startForMySql() throws IOException {
    return start("mysql");
  }

  private static MariaDbServer start(String scheme) throws IOException {
    var server = new MariaDbServer(program(), scheme);
    try {
      server.awaitReady();
      return server;
    } catch (IOException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  /** Where the server is; if nowhere, says so loudly and skips the test. */
  static String program() {
    return Stream.of("/usr/sbin/mariadbd", "/usr/bin/mariadbd", "/usr/local/bin/mariadbd")
        .filter(name -> Files.isExecutable(Path.of(name)))
        .findFirst()
        .orElseGet(MariaDbServer::missing);
  }

  private static String missing() {
    String missing =
        "SKIPPED: no mariadbd here, so nothing is tested on MariaDB."
            + " On Debian: apt-get install mariadb-server-core";
    System.out.println(missing);
    return Assumptions.abort(missing);
  }

  /** The process that was started first. */
  long pid() {
    return pid;
  }

  /** The folder that the keeper removes. */
  Path data() {
    return data;
  }

  /** Kills the server with SIGKILL, and returns when it is gone; what was committed is kept. */
  void kill() throws IOException {
    order("kill");
  }

  /** Starts a killed server again, on the same data and at the same port. */
  void restart() throws IOException {
    order("start");
    awaitReady();
  }

  private void order(String what) throws IOException {
    keeper.getOutputStream().write((what + "\n").getBytes(StandardCharsets.US_ASCII));
    keeper.getOutputStream().flush();
    if (answers.readLine() == null) {
      throw new IOException("the keeper of MariaDB is gone");
    }
  }

  private void awaitReady() throws IOException {
    long until = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!accepts()) {
      if (System.nanoTime() > until) {
        throw new IOException("MariaDB did not start:\n" + Files.readString(log()));
      }
    }
  }

  private boolean accepts() {
    try {
      DriverManager.getConnection(jdbcUrl()).close();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private Path log() {
    return Path.of(data + ".log");
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String jdbcUrl(int port) {
    String tls = scheme.equals("mysql") ? "DISABLED" : "disable";
    return "jdbc:%s://127.0.0.1:%d/test?user=root&sslMode=%s".formatted(scheme, port, tls);
  }

  @Override
  public String limitQuery() {
    return "select @@session.max_statement_time";
  }

  @Override
  public boolean isCancel(byte[] sent, int length) {
    return new String(sent, 0, length, StandardCharsets.ISO_8859_1).contains("KILL QUERY ");
  }

  @Override
  public String shortQuery() {
    return "select sleep(0.001)";
  }

  @Override
  public String longQuery() {
    return "select sleep(600)";
  }

  @Override
  public String numbers(int last) {
    return "select seq from seq_1_to_" + last;
  }

  @Override
  public int working() throws SQLException {
    return number(
        "select count(*) from information_schema.processlist"
            + " where command in ('Query', 'Execute') and id <> connection_id()"
            // A connection that has killed one has answered before it says that it is idle.
            + " and info not like 'KILL QUERY %'");
  }

  @Override
  public void close() throws IOException {
    keeper.getOutputStream().close();
    try {
      assertThat(keeper.waitFor(20, TimeUnit.SECONDS)).as("the server is gone").isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      return socket.getLocalPort();
    }
  }
}
