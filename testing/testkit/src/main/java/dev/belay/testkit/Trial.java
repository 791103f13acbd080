package dev.belay.testkit;

import static org.junit.platform.commons.support.AnnotationSupport.findAnnotatedMethods;
import static org.junit.platform.commons.support.HierarchyTraversalMode.TOP_DOWN;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The root of one test, or of one class, its time, and what they have left behind. */
final class Trial implements AutoCloseable {
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

  /** The test's method and what runs before it, or what runs before the class. */
  private static Stream<Method> takers(ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      return findAnnotatedMethods(context.getRequiredTestClass(), BeforeAll.class, TOP_DOWN)
          .stream();
    }
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
          "take the virtual clock as a parameter of the test or of a method before it, not only after");
    }
    return clock;
  }

  /** Where to look for what is left of it. */
  List<Leaks.Source> leaks(SharedNames shared) {
    return List.of(
        Trial::boundContext, () -> LiveTree.below(root), this::timers, () -> threads(shared));
  }

  /** Ends what was left, so that it disturbs nothing that comes later. */
  @Override
  public void close() {
    root.close();
  }

  private static List<Leaks.Leak> boundContext() {
    Context bound = Context.current();
    return bound.equals(Context.background())
        ? List.of()
        : List.of(new Leaks.Leak("context still bound to the test's thread: " + bound));
  }

  private List<Leaks.Leak> timers() {
    int pending = pendingTimers.getAsInt();
    return pending == 0 ? List.of() : List.of(new Leaks.Leak(pending + " timer(s) still set"));
  }

  private List<Leaks.Leak> threads(SharedNames shared) {
    return threads.get().stream()
        .filter(thread -> !thread.equals(Thread.currentThread()))
        .filter(thread -> !shared.include(thread.getName()))
        .map(thread -> new Leaks.Leak(Threads.describe(thread)))
        .toList();
  }
}
