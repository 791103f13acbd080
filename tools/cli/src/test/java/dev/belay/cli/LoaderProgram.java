package dev.belay.cli;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a program that the system's class loader cannot see, as a Spring Boot jar does. */
final class LoaderProgram {
  private LoaderProgram() {}

  public static void main(String[] args) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String each : System.getProperty("inner").split(File.pathSeparator)) {
      urls.add(Path.of(each).toUri().toURL());
    }
    try (var loader = new URLClassLoader(urls.toArray(URL[]::new))) {
      var main =
          loader.loadClass("dev.belay.cli.ShopProgram").getDeclaredMethod("main", String[].class);
      main.setAccessible(true);
      main.invoke(null, (Object) args);
    }
  }
}
