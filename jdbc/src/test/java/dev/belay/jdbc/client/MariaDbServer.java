package dev.belay.jdbc.client;

import static org.assertj.core.api.Assertions.assertThat;

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

  /** Its standard input ends when this JVM does. */
  private static final String KEEPER =
      """
      data=$1
      shift
      "$@" --datadir="$data" < /dev/null > "$data.log" 2>&1 &
      server=$!
      read -r _
      kill -9 $server
      wait
      rm -rf "$data" "$data.log"
      """;

  private final int port = freePort();
  private final Path data = Files.createTempDirectory("belay-mariadb-");
  private final Process keeper;

  private MariaDbServer(String program) throws IOException {
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
                    "--innodb-flush-log-at-trx-commit=0",
                    "--innodb-log-file-size=8M"))
            .redirectErrorStream(true)
            .start();
  }

  /** Starts a server; where there is none to start, says so loudly and skips the test. */
  static MariaDbServer start() throws IOException {
    String program =
        Stream.of("/usr/sbin/mariadbd", "/usr/bin/mariadbd", "/usr/local/bin/mariadbd")
            .filter(name -> Files.isExecutable(Path.of(name)))
            .findFirst()
            .orElse(null);
    if (program == null) {
      String missing =
          "SKIPPED: no mariadbd here, so nothing is tested on MariaDB."
              + " On Debian: apt-get install mariadb-server-core";
      System.out.println(missing);
      Assumptions.abort(missing);
    }
    var server = new MariaDbServer(program);
    try {
      server.awaitReady();
      return server;
    } catch (IOException | RuntimeException | Error e) {
      server.close();
      throw e;
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
    return "jdbc:mariadb://127.0.0.1:" + port + "/test?user=root&sslMode=disable";
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
            + " where command in ('Query', 'Execute') and id <> connection_id()");
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
