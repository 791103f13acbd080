package dev.belay.testkit;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Gives a test its own root context and fails it when it leaves something behind: a live context, a
 * timer, a reaction's thread, a platform thread, a context bound to the test's thread. Virtual
 * threads that the test starts itself are not seen. It waits a moment for what is just ending. It
 * looks at this test's root only, so tests may run in parallel; the platform threads of the whole
 * process are compared only where no other test runs meanwhile.
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
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(LeakExtension.class);

  /** For JUnit. */
  public LeakExtension() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    context.getStore(NAMESPACE).put(Threads.class, Threads.now());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Threads before = context.getStore(NAMESPACE).remove(Threads.class, Threads.class);
    if (before != null && alone(context)) {
      Leaks.failIfAny(List.of(before.newerThan(List.of())));
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(Watch.class, new Watch(Threads.now()));
    trial(context);
  }

  /** What was there before one test. */
  private record Watch(Threads threads) {}

  @Override
  public void afterEach(ExtensionContext context) {
    Trial trial = trial(context);
    Watch watch = context.getStore(NAMESPACE).remove(Watch.class, Watch.class);
    if (watch == null || !alone(context)) {
      Leaks.failIfAny(trial.leaks());
      return;
    }
    Leaks.failIfAny(
        List.of(() -> Leaks.all(trial.leaks()), watch.threads.newerThan(sharedThreads(context))));
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
