package dev.belay.cli.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/** The classes of the agent's jar, which is deleted as soon as they are read. */
final class AgentClasses {
  private static final String SUFFIX = ".class";

  private final Map<String, byte[]> code;

  private AgentClasses(Map<String, byte[]> code) {
    this.code = code;
  }

  static AgentClasses read(Path jar) throws IOException {
    Map<String, byte[]> code = new HashMap<>();
    try (var file = new JarFile(jar.toFile())) {
      for (var entries = file.entries(); entries.hasMoreElements(); ) {
        var entry = entries.nextElement();
        if (entry.getName().endsWith(SUFFIX)) {
          try (var in = file.getInputStream(entry)) {
            code.put(entry.getName(), in.readAllBytes());
          }
        }
      }
    }
    return new AgentClasses(code);
  }

  /** A loader of these classes that finds all else where {@code core} finds it. */
  ClassLoader beside(@Nullable ClassLoader core) {
    return new Beside(code, core);
  }

  /** Asks itself first: the target's class path may have these classes, without a core. */
  private static final class Beside extends ClassLoader {
    private final Map<String, byte[]> code;

    Beside(Map<String, byte[]> code, @Nullable ClassLoader core) {
      super(core);
      this.code = code;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        byte[] bytes = code.get(name.replace('.', '/') + SUFFIX);
        if (bytes == null) {
          return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? defineClass(name, bytes, 0, bytes.length) : loaded;
      }
    }
  }
}
