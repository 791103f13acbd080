package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Code on top of a framework that knows no contexts, on a data source that does. */
abstract class FrameworkContract extends DatabaseFixture {
  /** Far more than any test takes; in a form that every framework can read the answer of. */
  static final String SLEEPY = "select 1 from pg_sleep(60)";

  /** Waits in the server. */
  abstract void sleep() throws Exception;

  /** Inserts an item, and commits by the framework's own means. */
  abstract void insert(int id) throws Exception;

  /** Inserts an item and waits in the server, in one transaction of the framework's. */
  abstract void insertAndSleep(int id) throws Exception;

  /** What the framework makes of a query that took too long, by itself or as a cause. */
  abstract Class<? extends Throwable> timeout();

  private static Callable<Void> under(Context ctx, ThrowableAssert.ThrowingCallable body) {
    return () ->
        ctx.call(
            c -> {
              try {
                body.call();
                return null;
              } catch (Exception | Error e) {
                throw e;
              } catch (Throwable e) {
                throw new AssertionError(e);
              }
            });
  }

  @Test
  void worksAsEver(Context root) throws Exception {
    insert(1);
    under(root, () -> insert(2)).call();
    assertThat(observer.number("select sum(id) from item")).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theQueryEndsInTheServer(On on, CancellableContext root) throws Exception {
    Set<Integer> backends = observer.backends();
    try (var ctx = root.withCancel()) {
      var attempt = on.start(under(ctx, this::sleep));
      observer.awaitRunning("pg_sleep", 1);
      ctx.cancel();
      assertThat(causes(attempt.failure()))
          .hasAtLeastOneElementOfType(SQLException.class)
          .hasAtLeastOneElementOfType(ContextCancelledException.class);
    }
    assertThat(observer.running("pg_sleep")).isZero();
    insert(1);
    assertThat(observer.backends()).isEqualTo(backends);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aDeadlineIsTheFrameworksTimeout(On on, Context root) throws Exception {
    Set<Integer> backends = observer.backends();
    try (var ctx = root.withTimeout(Duration.ofMillis(100))) {
      var attempt = on.start(under(ctx, this::sleep));
      assertThat(causes(attempt.failure()))
          .hasAtLeastOneElementOfType(timeout())
          .hasAtLeastOneElementOfType(SQLTimeoutException.class)
          .hasAtLeastOneElementOfType(DeadlineExceededException.class);
    }
    assertThat(observer.running("pg_sleep")).isZero();
    insert(1);
    assertThat(observer.backends()).isEqualTo(backends);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theTransactionRollsBack(On on, CancellableContext root) throws Exception {
    Set<Integer> backends = observer.backends();
    try (var ctx = root.withCancel()) {
      var attempt = on.start(under(ctx, () -> insertAndSleep(1)));
      observer.awaitRunning("pg_sleep", 1);
      ctx.cancel();
      assertThat(causes(attempt.failure()))
          .hasAtLeastOneElementOfType(ContextCancelledException.class);
    }
    assertThat(observer.number("select count(*) from item")).isZero();
    insert(1);
    assertThat(observer.backends()).isEqualTo(backends);
  }

  private static List<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, e -> e != null, Throwable::getCause).toList();
  }
}
