package dev.belay.tomcat;

import dev.belay.Context;
import dev.belay.http.server.Endpoint;
import dev.belay.servlet.ContextFilter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Tomcat as its makers pack it, with Belay's jars in its lib and one line of its server.xml new.
 */
final class StockTomcat implements AutoCloseable {
  private static final Pattern STARTED =
      Pattern.compile(".*Starting ProtocolHandler \\[\"http-nio-.*-(\\d+)\"].*");

  private final Process process;
  private final int port;

  private StockTomcat(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Unpacked by the build.
   *
   * @param application classes of the war {@code shop}
   * @param libraries classes whose jars the war has
   */
  static StockTomcat start(List<Class<?>> application, List<Class<?>> libraries, String database)
      throws Exception {
    Path home;
    try (Stream<Path> found = Files.list(Path.of("target", "stock-tomcat"))) {
      home = found.findFirst().orElseThrow().toAbsolutePath();
    }
    configure(home);
    for (Class<?> each :
        List.of(ContextNioProtocol.class, ContextFilter.class, Endpoint.class, Context.class)) {
      pack(whereFrom(each), home.resolve("lib").resolve(each.getSimpleName() + ".jar"));
    }
    war(home.resolve("webapps").resolve("shop"), application, libraries);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                home.resolve("bin/bootstrap.jar") + ":" + home.resolve("bin/tomcat-juli.jar"),
                "-Dcatalina.home=" + home,
                "-Dshop.database=" + database,
                "--enable-native-access=ALL-UNNAMED",
                "org.apache.catalina.startup.Bootstrap",
                "start")
            .redirectErrorStream(true)
            .start();
    return new StockTomcat(process, port(process.inputReader()));
  }

  /** One line for Belay; the ports, for a test. */
  private static void configure(Path home) throws IOException {
    Path file = home.resolve("conf").resolve("server.xml");
    String stock = Files.readString(file);
    String changed =
        stock
            .replace(
                "<Connector port=\"8080\" protocol=\"HTTP/1.1\"",
                "<Connector port=\"0\" address=\"127.0.0.1\""
                    + " protocol=\"dev.belay.tomcat.ContextNioProtocol\"")
            .replace("<Server port=\"8005\"", "<Server port=\"-1\"");
    Files.writeString(file, changed);
  }

  private static Path whereFrom(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** A jar as it is, a folder of classes as a jar. */
  private static void pack(Path from, Path jar) throws IOException {
    if (Files.isRegularFile(from)) {
      Files.copy(from, jar, StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    try (OutputStream out = Files.newOutputStream(jar);
        var zip = new ZipOutputStream(out);
        Stream<Path> files = Files.walk(from)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(from.relativize(each).toString()));
        Files.copy(each, zip);
      }
    }
  }

  private static void war(Path root, List<Class<?>> application, List<Class<?>> libraries)
      throws Exception {
    for (Class<?> each : application) {
      String name = each.getName().replace('.', '/') + ".class";
      Path file = root.resolve("WEB-INF/classes").resolve(name);
      Files.createDirectories(file.getParent());
      Files.copy(whereFrom(each).resolve(name), file, StandardCopyOption.REPLACE_EXISTING);
    }
    Path lib = Files.createDirectories(root.resolve("WEB-INF/lib"));
    for (Class<?> each : libraries) {
      pack(whereFrom(each), lib.resolve(each.getSimpleName() + ".jar"));
    }
  }

  /** Reads on when it is known, so that the process never waits to be read. */
  private static int port(BufferedReader lines) throws IOException {
    var said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      Matcher started = STARTED.matcher(line);
      if (started.matches()) {
        Thread.ofVirtual().start(() -> lines.lines().forEach(more -> {}));
        return Integer.parseInt(started.group(1));
      }
    }
    throw new AssertionError("Tomcat does not start:\n" + said);
  }

  String url(String path) {
    return "http://127.0.0.1:" + port + "/shop" + path;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
