package dev.belay.cli;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * A folder of a random name in the target's temporary folder, which only this user may enter: it
 * holds what the agent and the command exchange, and goes with its close, or with this process.
 */
final class AgentFolder implements AutoCloseable {
  private final Path folder;
  private final Thread atExit = new Thread(this::deleteQuietly, "belay-exit");

  private AgentFolder(Path folder) {
    this.folder = folder;
  }

  /** Makes it, with the agent's jar in it. */
  static AgentFolder in(Path temporary) throws IOException {
    var made =
        new AgentFolder(Files.createTempDirectory(temporary, "belay-", ownersOnly("rwx------")));
    Runtime.getRuntime().addShutdownHook(made.atExit);
    try {
      made.writeJar();
      return made;
    } catch (IOException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  Path path() {
    return folder;
  }

  Path jar() {
    return folder.resolve("agent.jar");
  }

  Path socket() {
    return folder.resolve("socket");
  }

  Path recording() {
    return folder.resolve("recording.jfr");
  }

  private void writeJar() throws IOException {
    var create = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (var channel = Files.newByteChannel(jar(), create, ownersOnly("rw-------"));
        var out = Channels.newOutputStream(channel)) {
      AgentJar.write(out);
    }
  }

  /** Nothing where files have no such permissions: there the user's own folder is private. */
  private static FileAttribute<?>[] ownersOnly(String permissions) {
    return Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Deletes the folder with what is in it; a second close does nothing. */
  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      return; // this process ends: the hook deletes it
    }
    delete();
  }

  /** What {@link #close} does, sooner. */
  void delete() throws IOException {
    for (Path each : List.of(jar(), socket(), recording(), folder)) {
      Files.deleteIfExists(each);
    }
  }

  private void deleteQuietly() {
    try {
      delete();
    } catch (IOException e) {
      // The process ends: there is nothing else to do.
    }
  }
}
