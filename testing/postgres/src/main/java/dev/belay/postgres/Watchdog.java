package dev.belay.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run of a server, and the shell that stays beside it to stop it when this JVM is gone, even by
 * {@code kill -9}; {@code watchdog.sh} is that shell's program.
 *
 * <p>Both are in a session of their own, so that Ctrl-C in a terminal reaches the JVM alone, which
 * can then finish what it does with the server still there.
 *
 * <p>Not safe for use by several threads at once.
 */
final class Watchdog {
  /** More than the script takes to get to its last signal. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

  /** Far more than a killed process takes to go. */
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);

  private final Process shell;
  private final @Nullable ProcessHandle server;

  private Watchdog(Process shell, @Nullable ProcessHandle server) {
    this.shell = shell;
    this.server = server;
  }

  /**
   * What the shell does with the folder that the server is to run on.
   *
   * @param folder the data folder
   * @param template what to fill it with first; {@code null} to take it as it is
   * @param temporary whether to remove it once the server is stopped
   */
  record Data(Path folder, @Nullable Path template, boolean temporary) {}

  /**
   * Starts a shell that starts the server. That need not have worked when this returns: then {@link
   * #isServerAlive()} is false and the log says why.
   *
   * @param home the folder to run in
   * @param account who the data is given to
   * @param server the command that is the server
   * @throws IOException if there is no shell, or it cannot make the folder
   */
  static Watchdog start(Path home, Data data, Account account, ServerLog log, List<String> server)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (isOnPath("setsid")) {
      command.add("setsid");
    }
    command.addAll(List.of("sh", "-c", script(), "watchdog"));
    command.add(data.folder().toString());
    command.add(log.file().toString());
    command.add(data.template() == null ? "" : data.template().toString());
    command.add(account.owner());
    command.add(data.temporary() ? "temporary" : "");
    command.addAll(server);
    Process shell = Command.builder(home, command).redirectErrorStream(true).start();
    String answer = shell.inputReader().readLine();
    if (answer == null) {
      return new Watchdog(shell, null);
    }
    try {
      return new Watchdog(shell, ProcessHandle.of(Long.parseLong(answer)).orElse(null));
    } catch (NumberFormatException e) {
      shell.destroyForcibly();
      throw new IOException("PostgreSQL did not start: " + answer, e);
    }
  }

  /** Returns the process id of the server, -1 if it never was. */
  long serverPid() {
    return server == null ? -1 : server.pid();
  }

  /** Returns the shell's process. */
  ProcessHandle shell() {
    return shell.toHandle();
  }

  /** Whether the server's first process is there, and more than what its parent collects. */
  boolean isServerAlive() {
    return server != null && !isGone(server);
  }

  /**
   * Stops the server and removes its folder if that is temporary. Waits for this, even when
   * interrupted, for 20 seconds at most; what is not gone by then is killed.
   */
  void stop() {
    try {
      shell.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // cannot be: nothing was ever written
    }
    if (!Await.uninterruptibly(STOP_TIMEOUT, () -> !shell.isAlive())) {
      shell.destroyForcibly();
    }
    // The shell does all of it, unless the shell was killed.
    kill();
  }

  /**
   * Kills the server and each of its sessions, as a machine that fails would, and waits for that,
   * even when interrupted. The shell stays, to remove the folder. Does nothing if there is no
   * server.
   */
  void kill() {
    if (server == null || isGone(server)) {
      return;
    }
    // The sessions too: a busy one would not notice, and would hold on to the shared memory.
    List<ProcessHandle> all = Stream.concat(Stream.of(server), server.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    Await.uninterruptibly(KILL_TIMEOUT, () -> all.stream().allMatch(Watchdog::isGone));
  }

  /** Kills the server and ends the shell with nothing removed, for another one to take over. */
  void dismiss() {
    kill();
    shell.destroyForcibly();
    Await.uninterruptibly(KILL_TIMEOUT, () -> !shell.isAlive());
  }

  /**
   * A zombie is gone too: a shell on a busy machine, or a container's, collects it late or never.
   */
  private static boolean isGone(ProcessHandle process) {
    if (!process.isAlive()) {
      return true;
    }
    try {
      // "1234 (name, which may hold anything) Z 1 …"
      String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return status.startsWith(") Z", status.lastIndexOf(')'));
    } catch (IOException e) {
      return !process.isAlive(); // ended meanwhile, or a system without /proc
    }
  }

  private static boolean isOnPath(String program) {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Pattern.compile(":")
        .splitAsStream(path)
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static String script() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Watchdog.class.getResourceAsStream("watchdog.sh"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
