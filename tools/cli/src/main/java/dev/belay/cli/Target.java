package dev.belay.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The process to look at, and what must be known of it before it is touched: the first contact is a
 * signal (SIGQUIT), which ends a process that does not expect it.
 *
 * @param pid its number, as this process sees it
 */
record Target(long pid) {
  /** SIGQUIT among the caught signals, which are bits. */
  private static final long SIGQUIT = 1L << 2;

  /** Refuses what is no JVM of this user's. */
  void check() throws FailedException {
    if (ProcessHandle.of(pid).isEmpty()) {
      throw new FailedException(
          Failure.NO_PROCESS, "there is no process %d; belay ps lists JVMs".formatted(pid));
    }
    if (hasProc()) {
      checkUser();
      checkJvm();
    }
  }

  /** Whether {@link #check} has nothing against it. */
  boolean isReachable() {
    try {
      check();
      return true;
    } catch (FailedException e) {
      return false;
    }
  }

  /** Whether this system shows its processes as files, as Linux does. */
  static boolean hasProc() {
    return Files.isDirectory(Path.of("/proc/self"));
  }

  private Path proc(String name) {
    return Path.of("/proc", String.valueOf(pid), name);
  }

  private void checkUser() throws FailedException {
    try {
      var owner = Files.getOwner(proc(""));
      var self = Files.getOwner(Path.of("/proc/self"));
      if (!owner.equals(self)) {
        throw new FailedException(
            Failure.OTHER_USER,
            "process %d belongs to %s, and this is %s: run belay as %s, for example by sudo -u %s"
                .formatted(pid, owner.getName(), self.getName(), owner.getName(), owner.getName()));
      }
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private void checkJvm() throws FailedException {
    try {
      boolean hasJvm;
      try (var maps = Files.lines(proc("maps"))) {
        hasJvm = maps.anyMatch(line -> line.contains("libjvm"));
      }
      String caught = status("SigCgt:");
      boolean catches = caught != null && (Long.parseUnsignedLong(caught, 16) & SIGQUIT) != 0;
      if (!hasJvm) {
        throw new FailedException(
            Failure.NO_JVM, "process %d is no JVM; belay ps lists JVMs".formatted(pid));
      }
      if (!catches) {
        throw new FailedException(
            Failure.NO_JVM,
            "process %d does not catch SIGQUIT, which would end it: it was started with -Xrs, or is still starting"
                .formatted(pid));
      }
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private FailedException gone(IOException e) {
    return new FailedException(
        Failure.NO_PROCESS, "process %d cannot be read: %s".formatted(pid, e), e);
  }

  /** A line of the process's status; null if there is none. */
  @Nullable String status(String name) throws IOException {
    List<String> lines = Files.readAllLines(proc("status"));
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElse(null);
  }

  /** Its number as it sees itself, which differs in a container. */
  long ownPid() throws IOException {
    String all = status("NSpid:");
    return all == null ? pid : Long.parseLong(all.substring(all.lastIndexOf('\t') + 1));
  }

  /** Where this process finds what the target calls {@code /tmp}. */
  Path temporary() {
    return hasProc() ? proc("root/tmp") : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** How the target calls {@code file}, which is below {@link #temporary}. */
  String asItSees(Path file) {
    return hasProc()
        ? Path.of("/tmp").resolve(temporary().relativize(file)).toString()
        : file.toString();
  }
}
