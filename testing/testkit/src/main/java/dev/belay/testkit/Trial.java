package dev.belay.testkit;

import static org.junit.platform.commons.support.AnnotationSupport.findAnnotatedMethods;
import static org.junit.platform.commons.support.HierarchyTraversalMode.TOP_DOWN;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.spi.LiveContext;
import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import dev.belay.spi.TreeInspector;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One test's root, its time, and what they have left behind. */
final class Trial {
  private final CancellableContext root;
  private final @Nullable VirtualClock clock;
  private final IntSupplier pendingTimers;
  private final Supplier<Set<Thread>> threads;

  private Trial(String name, @Nullable VirtualClock clock) {
    this.clock = clock;
    TimeSource time;
    if (clock != null) {
      time = clock;
      pendingTimers = clock::pendingTimers;
      threads = clock::liveThreads;
    } else {
      var tracked = new TrackedTime();
      time = tracked;
      pendingTimers = tracked::pendingTimers;
      threads = tracked::liveThreads;
    }
    root = Roots.open(name, time, true);
  }

  static Trial of(ExtensionContext context) {
    boolean virtual = takers(context).anyMatch(Trial::takesClock);
    return new Trial(context.getDisplayName(), virtual ? new VirtualClock() : null);
  }

  /** The test's method, and what runs before it: they may take parameters. */
  private static Stream<Method> takers(ExtensionContext context) {
    Stream<Class<?>> classes =
        Stream.concat(context.getEnclosingTestClasses().stream(), context.getTestClass().stream());
    Stream<Method> before =
        classes.flatMap(type -> findAnnotatedMethods(type, BeforeEach.class, TOP_DOWN).stream());
    return Stream.concat(context.getTestMethod().stream(), before);
  }

  private static boolean takesClock(Method method) {
    return Arrays.asList(method.getParameterTypes()).contains(VirtualClock.class);
  }

  CancellableContext root() {
    return root;
  }

  VirtualClock clock() {
    if (clock == null) {
      throw new IllegalStateException(
          "the virtual clock is a parameter of the test or of a method before each");
    }
    return clock;
  }

  List<Leaks.Source> leaks() {
    return List.of(this::boundContext, this::liveContexts, this::timers, this::reactions);
  }

  private List<String> boundContext() {
    Context bound = Context.current();
    return bound.equals(Context.background())
        ? List.of()
        : List.of("context still bound to the test's thread: " + bound);
  }

  private List<String> liveContexts() {
    List<String> found = new ArrayList<>();
    for (LiveContext live : TreeInspector.live(root)) {
      var text = new StringWriter();
      text.append("live context: ").append(live.context().toString());
      if (live.site() != null) {
        text.append(System.lineSeparator());
        live.site().printStackTrace(new PrintWriter(text, true));
      }
      found.add(text.toString());
    }
    return found;
  }

  private List<String> timers() {
    int pending = pendingTimers.getAsInt();
    return pending == 0 ? List.of() : List.of(pending + " timer(s) still set");
  }

  private List<String> reactions() {
    return threads.get().stream()
        .filter(thread -> !thread.equals(Thread.currentThread()))
        .map(Threads::describe)
        .toList();
  }
}
