package dev.belay.group;

import dev.belay.Fixture;
import java.lang.reflect.Method;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Each test twice: with owners and forks on platform threads, and on virtual ones. */
@ParameterizedClass
@MethodSource("threads")
@ExtendWith(GroupFixture.OwnThread.class)
abstract class GroupFixture extends Fixture {
  @Parameter ThreadFactory threads;

  /** The same group, with forks on the test's kind of threads. */
  <T, R, X extends Exception> TaskGroup<T, R, X> on(TaskGroup<T, R, X> group) {
    return group.threads(threads);
  }

  /**
   * Runs a test on a thread of its kind; JUnit's, which waits, passes a time-out's interrupt on.
   */
  static final class OwnThread implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
        Invocation<Void> test,
        ReflectiveInvocationContext<Method> method,
        ExtensionContext extension)
        throws Throwable {
      var fixture = (GroupFixture) extension.getRequiredTestInstance();
      var run = new FutureTask<Throwable>(() -> failure(test));
      Thread thread = fixture.threads.newThread(run);
      thread.start();
      try {
        thread.join();
      } catch (InterruptedException e) {
        thread.interrupt();
        thread.join();
      }
      Throwable failure = run.get();
      if (failure != null) {
        throw failure;
      }
    }

    private static Throwable failure(Invocation<Void> test) {
      try {
        test.proceed();
        return null;
      } catch (Throwable t) {
        return t;
      }
    }
  }
}
