package dev.belay.cli;

import dev.belay.cli.agent.Agent;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Writes the agent's jar, from classes of this program. */
final class AgentJar {
  /** Their packages are what the agent needs. */
  private static final List<String> CLASSES =
      List.of("dev/belay/cli/agent/Agent.class", "dev/belay/inspect/Snapshot.class");

  private static final String SUFFIX = ".class";

  private AgentJar() {}

  static void write(OutputStream out) throws IOException {
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Agent-Class", Agent.class.getName());
    try (var jar = new JarOutputStream(out, manifest)) {
      for (String each : CLASSES) {
        addPackage(each, jar);
      }
    }
  }

  private static void addPackage(String example, JarOutputStream jar) throws IOException {
    URL url = AgentJar.class.getClassLoader().getResource(example);
    if (url == null) {
      throw new IOException("this program is incomplete: it has no " + example);
    }
    String folder = example.substring(0, example.lastIndexOf('/') + 1);
    String text = url.toString();
    if (url.getProtocol().equals("file")) {
      addFolder(Path.of(URI.create(text)).resolveSibling(""), folder, jar);
    } else {
      // No file system of zip files: a small JRE has none.
      String whole = text.substring("jar:".length(), text.indexOf('!'));
      try (var from = new JarFile(Path.of(URI.create(whole)).toFile())) {
        addEntries(from, folder, jar);
      }
    }
  }

  private static void addFolder(Path classes, String folder, JarOutputStream jar)
      throws IOException {
    try (var files = Files.list(classes)) {
      for (Path each : files.filter(file -> file.toString().endsWith(SUFFIX)).toList()) {
        jar.putNextEntry(new ZipEntry(folder + each.getFileName()));
        Files.copy(each, jar);
        jar.closeEntry();
      }
    }
  }

  private static void addEntries(JarFile from, String folder, JarOutputStream jar)
      throws IOException {
    for (var entries = from.entries(); entries.hasMoreElements(); ) {
      String name = entries.nextElement().getName();
      boolean isInFolder = name.startsWith(folder) && name.indexOf('/', folder.length()) < 0;
      if (isInFolder && name.endsWith(SUFFIX)) {
        jar.putNextEntry(new ZipEntry(name));
        try (var in = from.getInputStream(from.getEntry(name))) {
          long unused = in.transferTo(jar);
        }
        jar.closeEntry();
      }
    }
  }
}
