package dev.belay.testkit;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives a test its own root context and fails it when it leaves something behind: a live context
 * below that root, a timer, a fork, a reaction that runs, a thread, platform or virtual, a context
 * bound to the test's thread. A reaction that is registered with the root itself, and has not
 * begun, is no leak: it ends with the root. Not below the root is what was derived by way of {@code
 * withoutCancel()}, and what hangs below another root. It looks when all that comes after a test is
 * done, {@link AutoClose} too, and waits a moment for what is just ending. It looks at this test's
 * root only, so tests may run in parallel. The threads of the whole process are compared only where
 * no other test runs meanwhile: parallel execution is off, or the class is {@link Isolated}; and
 * again after the class. Virtual threads are found by a thread dump of the JDK: not on a JVM other
 * than HotSpot, and not under {@code -Djdk.trackAllThreads=false}. JUnit's {@code
 * junit.jupiter.extensions.store.close.autocloseable.enabled=false} turns all looks off.
 *
 * <p>A test gets the root by a parameter of type {@link Context} or {@link CancellableContext}, and
 * time to turn by hand by a parameter of type {@link VirtualClock}; the root then follows that
 * clock. So may a method that runs before each test. One that runs before all tests gets a root of
 * the class, which is looked at after the class. Every context remembers where it was made, and the
 * report says so.
 *
 * <p>Threads that may live longer than a test are named by {@link SharedThreads}, or for all tests
 * by a resource {@value SharedNames#RESOURCE}, which any module may have: each line is how the
 * names of such threads begin; lines that begin with {@code #} are comments.
 *
 * <p>Register it with {@code @ExtendWith(LeakExtension.class)}, or for all tests at once by the
 * setting {@code junit.jupiter.extensions.autodetection.enabled=true}.
 */
public final class LeakExtension
    implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(LeakExtension.class);
  private static final String PARALLEL = "junit.jupiter.execution.parallel.enabled";

  /** For JUnit. */
  public LeakExtension() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    watch(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    watch(context);
  }

  private static void watch(ExtensionContext context) {
    Trial trial = trial(context); // stored first, so it is closed last
    SharedNames shared = SharedNames.after(context);
    List<Leaks.Source> sources = new ArrayList<>(trial.leaks(shared));
    List<Leaks.Source> costly = new ArrayList<>();
    if (isAlone(context)) {
      sources.add(Threads.now().newerThan(shared));
      costly.add(VirtualThreads.now().newerThan(shared));
    }
    boolean ofClass = context.getTestMethod().isEmpty();
    context.getStore(NAMESPACE).put(Watch.class, new Watch(sources, costly, ofClass));
  }

  /**
   * Looks for leaks when JUnit closes what is stored for a test, or a class: after all callbacks
   * and {@code @AutoClose}. The failure counts to the test, or the class.
   */
  private record Watch(List<Leaks.Source> sources, List<Leaks.Source> costly, boolean ofClass)
      implements AutoCloseable {
    @Override
    public void close() {
      Leaks.failIfAny(sources, ofClass);
      Leaks.failIfAny(costly, ofClass); // then: a reaction's thread has been notified by now
    }
  }

  private static boolean isAlone(ExtensionContext context) {
    boolean parallel =
        context.getConfigurationParameter(PARALLEL).map(Boolean::parseBoolean).orElse(false);
    return !parallel
        || Stream.concat(
                context.getEnclosingTestClasses().stream(), context.getTestClass().stream())
            .anyMatch(type -> AnnotationSupport.isAnnotated(type, Isolated.class));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getDeclaringExecutable() instanceof Method
        && Set.of(Context.class, CancellableContext.class, VirtualClock.class)
            .contains(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Trial trial = trial(context);
    return parameter.getParameter().getType() == VirtualClock.class ? trial.clock() : trial.root();
  }

  /** By its own key: a store would answer with that of the class else. */
  private static Trial trial(ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(context.getUniqueId(), key -> Trial.of(context), Trial.class);
  }
}
