package dev.belay.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * How the names of threads begin that are not looked for at the end of one test or class: those of
 * the JDK and JUnit, of modules that say so, and of {@link SharedThreads}.
 */
record SharedNames(List<String> prefixes) {
  /** Lists the threads that a module keeps for the whole process, a beginning of a name a line. */
  static final String RESOURCE = "META-INF/belay/shared-threads";

  /** The JDK's, JUnit's, and core's, which end by themselves when they are idle or never. */
  private static final List<String> EXPECTED =
      List.of(
          "belay-timer",
          "ForkJoinPool-1",
          "ForkJoinPool.commonPool",
          "VirtualThread-",
          "Read-Poller",
          "Write-Poller",
          "MasterPoller",
          "SubPoller-",
          "process reaper",
          "Attach Listener",
          "Cleaner-",
          "Common-Cleaner",
          "JFR ",
          "surefire-",
          "junit-");

  /** What may go on after the test or class of {@code context}. */
  static SharedNames after(ExtensionContext context) {
    List<String> prefixes = new ArrayList<>(EXPECTED);
    Class<?> own = context.getRequiredTestClass();
    prefixes.addAll(
        context
            .getRoot()
            .getStore(Namespace.create(SharedNames.class))
            .computeIfAbsent(RESOURCE, unused -> ofModules(own.getClassLoader()), SharedNames.class)
            .prefixes);
    boolean classEnds = context.getTestMethod().isEmpty();
    findAnnotation(own, SharedThreads.class)
        .filter(shared -> !classEnds || shared.scope() == SharedThreads.Scope.RUN)
        .ifPresent(shared -> Collections.addAll(prefixes, shared.value()));
    for (Class<?> enclosing : context.getEnclosingTestClasses()) {
      findAnnotation(enclosing, SharedThreads.class)
          .ifPresent(shared -> Collections.addAll(prefixes, shared.value()));
    }
    return new SharedNames(List.copyOf(prefixes));
  }

  private static SharedNames ofModules(ClassLoader loader) {
    List<String> prefixes = new ArrayList<>();
    try {
      for (URL resource : Collections.list(loader.getResources(RESOURCE))) {
        try (var lines = new BufferedReader(new InputStreamReader(resource.openStream(), UTF_8))) {
          lines.lines().map(String::strip).filter(SharedNames::isPrefix).forEach(prefixes::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
    return new SharedNames(List.copyOf(prefixes));
  }

  /** An empty prefix would leave out every thread. */
  private static boolean isPrefix(String line) {
    return !line.isEmpty() && !line.startsWith("#");
  }

  boolean include(String name) {
    return prefixes.stream().anyMatch(name::startsWith);
  }
}
