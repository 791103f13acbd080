package dev.belay.postgres;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * In whose name PostgreSQL's programs run. They refuse to work for root, which is who a program
 * often is in a container.
 */
enum Account {
  /** The user this JVM runs as, which is not root. */
  CALLER(-1),
  /** Root of this machine, seen as nobody from inside a user namespace. Files stay root's. */
  USER_NAMESPACE(0),
  /** Nobody, by number since a small image may not name it: needs no namespaces, only root. */
  NOBODY(65534);

  private final int owner;

  Account(int owner) {
    this.owner = owner;
  }

  /**
   * Returns the account to use here: the caller's own, or the first way around root that works.
   *
   * @throws IOException if the caller is root and no way works; says what was tried and what to do
   */
  static Account find() throws IOException {
    boolean unix = FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    if (!unix || uid() != 0) {
      return CALLER;
    }
    StringBuilder tried = new StringBuilder();
    for (Account account : List.of(USER_NAMESPACE, NOBODY)) {
      List<String> probe = account.command("id", "-u");
      Command.Result result = Command.run(Path.of("/"), probe);
      if (result.succeeded() && !result.output().equals("0")) {
        return account;
      }
      tried.append("\n  ").append(String.join(" ", probe)).append(": ").append(result.output());
    }
    throw new IOException(
        "PostgreSQL refuses to run as root, and neither way around that works here:"
            + tried
            + "\n"
            + "Run this program as an ordinary user, install util-linux (unshare, setpriv), allow"
            + " the container one of the two (Docker's default capabilities are enough for"
            + " setpriv), or use a PostgreSQL server of your own.");
  }

  /** Returns the number of the user this JVM runs as. */
  static int uid() throws IOException {
    // Java has no call for it; a new file's owner is the effective user on every system.
    Path file = Files.createTempFile("belay-postgres-", ".uid");
    try {
      return (Integer) Files.getAttribute(file, "unix:uid");
    } finally {
      Files.delete(file);
    }
  }

  /** Returns {@code program}, to be run in the name of this account. */
  List<String> command(String... program) {
    List<String> command = new ArrayList<>(launcher());
    command.addAll(List.of(program));
    return command;
  }

  private List<String> launcher() {
    return switch (this) {
      case CALLER -> List.of();
      case USER_NAMESPACE -> List.of("unshare", "-U");
      case NOBODY -> List.of("setpriv", "--reuid=" + owner, "--regid=" + owner, "--clear-groups");
    };
  }

  /** Returns who has to own the server's files, as chown wants it; empty if they are so already. */
  String owner() {
    return owner < 0 ? "" : Integer.toString(owner);
  }

  /** Makes this account the owner of one file or folder. */
  void own(Path path) throws IOException {
    if (owner >= 0) {
      Files.setAttribute(path, "unix:uid", owner);
    }
  }
}
