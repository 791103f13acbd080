package dev.belay.testkit;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Gives a test its own root context and fails it when it leaves something behind: a live context, a
 * timer, a reaction, a thread, platform or virtual, a context bound to the test's thread. It looks
 * when all that comes after a test is done, {@link AutoClose} too, and waits a moment for what is
 * just ending. It looks at this test's root only, so tests may run in parallel; the threads of the
 * whole process are compared only where no other test runs meanwhile, and again after the class.
 * Virtual threads are found by a thread dump of the JDK: not on a JVM other than HotSpot, and not
 * under {@code -Djdk.trackAllThreads=false}. JUnit's {@code
 * junit.jupiter.extensions.store.close.autocloseable.enabled=false} turns all looks off.
 *
 * <p>A test gets the root by a parameter of type {@link Context} or {@link CancellableContext}, and
 * time to turn by hand by a parameter of type {@link VirtualClock}; the root then follows that
 * clock. So may a method that runs before each test. Every context remembers where it was made, and
 * the report says so.
 *
 * <p>Register it with {@code @ExtendWith(LeakExtension.class)}, or for all tests at once by the
 * setting {@code junit.jupiter.extensions.autodetection.enabled=true}.
 */
public final class LeakExtension
    implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(LeakExtension.class);

  /** For JUnit. */
  public LeakExtension() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    watch(context, List.of(), List.of());
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    watch(context, trial(context).leaks(), sharedThreads(context));
  }

  private static void watch(
      ExtensionContext context, List<Leaks.Source> own, List<String> sharedThreads) {
    List<Leaks.Source> sources = new ArrayList<>(own);
    List<Leaks.Source> costly = new ArrayList<>();
    if (alone(context)) {
      sources.add(Threads.now().newerThan(sharedThreads));
      costly.add(VirtualThreads.now().newerThan(sharedThreads));
    }
    context.getStore(NAMESPACE).put(Watch.class, new Watch(sources, costly));
  }

  /**
   * Looks for leaks when JUnit closes what is stored for a test, or a class: after all callbacks
   * and {@code @AutoClose}. The failure counts to the test, or the class.
   */
  private record Watch(List<Leaks.Source> sources, List<Leaks.Source> costly)
      implements AutoCloseable {
    @Override
    public void close() {
      Leaks.failIfAny(sources);
      Leaks.failIfAny(costly); // then: a reaction's thread has been notified by now
    }
  }

  private static boolean alone(ExtensionContext context) {
    return context.getExecutionMode() == ExecutionMode.SAME_THREAD;
  }

  private static List<String> sharedThreads(ExtensionContext context) {
    SharedThreads shared = context.getRequiredTestClass().getAnnotation(SharedThreads.class);
    return shared == null ? List.of() : List.of(shared.value());
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return context.getTestMethod().isPresent()
        && Set.of(Context.class, CancellableContext.class, VirtualClock.class)
            .contains(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Trial trial = trial(context);
    return parameter.getParameter().getType() == VirtualClock.class ? trial.clock() : trial.root();
  }

  private static Trial trial(ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(Trial.class, key -> Trial.of(context), Trial.class);
  }
}
