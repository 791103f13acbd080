package dev.belay.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.Fixture;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.ContextListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What a shutdown does, and in which order. */
class LifecycleTest extends Fixture {
  private static final Duration FOREVER = Duration.ofDays(100_000);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final List<String> log = new CopyOnWriteArrayList<>();

  private Lifecycle life(Duration grace, Duration patience) {
    return Lifecycle.open(root, grace, patience);
  }

  /** A part that logs what it is asked. */
  private Part part(String name) {
    return new Part() {
      @Override
      public void stopTaking() {
        log.add("stop " + name);
      }

      @Override
      public void drain(Context grace) {
        log.add("drain " + name + (grace.isDone() ? "" : " in its grace"));
      }

      @Override
      public void close() {
        log.add("close " + name);
      }
    };
  }

  @Test
  void partsStopDrainAndCloseLastFirst() throws Exception {
    Lifecycle life = life(MINUTE, MINUTE);
    life.own("database", () -> log.add("close database"));
    life.own("workers", part("workers"));
    life.own("server", part("server"));
    ShutdownReport report = life.shutdown();
    assertThat(log)
        .containsExactly(
            "stop server",
            "stop workers",
            "drain server in its grace",
            "drain workers in its grace",
            "close server",
            "close workers",
            "close database");
    assertThat(report).hasToString("0 finished, 0 cancelled, 0 stuck");
    assertThat(report.exitCode()).isZero();
    assertThat(life.shutdown()).isSameAs(report);
  }

  @Test
  void itIsReadyFromTheStartToTheShutdown() throws Exception {
    Lifecycle life = life(MINUTE, MINUTE);
    assertThat(life.isReady()).isFalse();
    life.markReady();
    assertThat(life.isReady()).isTrue();
    var readyWhileStopping = new CopyOnWriteArrayList<Boolean>();
    life.own(
        "probe",
        new Part() {
          @Override
          public void stopTaking() {
            readyWhileStopping.add(life.isReady());
          }

          @Override
          public void close() {}
        });
    life.shutdown();
    assertThat(readyWhileStopping).containsExactly(false);
    life.markReady();
    assertThat(life.isReady()).isFalse();
  }

  @Test
  void workThatEndsInItsGraceIsFinishedAndNewWorkIsRefused() throws Exception {
    Lifecycle life = life(MINUTE, MINUTE);
    var goOn = new CountDownLatch(1);
    Thread worker = start(life, c -> goOn.await());
    CountDownLatch stopping = stopping(life);
    Thread shutdown = Thread.ofVirtual().start(life::close);
    stopping.await();
    assertThat(life.context().isDone()).isFalse();
    assertThatThrownBy(() -> life.work().run(life.context(), c -> {}))
        .isInstanceOf(ShutdownException.class);
    goOn.countDown();
    shutdown.join();
    worker.join();
    assertThat(life.shutdown()).hasToString("1 finished, 0 cancelled, 0 stuck");
  }

  @Test
  void pastTheGraceWorkEndsWithAShutdownException() throws Exception {
    Lifecycle life = life(MINUTE, FOREVER);
    var causes = new CopyOnWriteArrayList<Throwable>();
    Thread worker =
        start(
            life,
            c -> {
              try {
                c.awaitDone();
                c.throwIfDone();
              } catch (ContextCancelledException e) {
                causes.add(e.ending().cause());
              }
            });
    CountDownLatch stopping = stopping(life);
    Thread shutdown = Thread.ofVirtual().start(life::close);
    stopping.await();
    while (worker.isAlive()) {
      clock.advance(MINUTE); // the grace may begin later: the part is only just being stopped
    }
    shutdown.join();
    assertThat(causes).singleElement().isInstanceOf(ShutdownException.class);
    assertThat(life.shutdown()).hasToString("0 finished, 1 cancelled, 0 stuck");
    assertThat(life.shutdown().exitCode()).isZero();
  }

  @Test
  void workThatNeverEndsIsStuckAndTheReportSaysWhere() throws Exception {
    var events = new CopyOnWriteArrayList<ContextEvent>();
    ContextListener listener = events::add;
    ContextEvents.install(listener);
    Lifecycle life = life(Duration.ZERO, Duration.ZERO);
    var never = new CountDownLatch(1);
    Thread worker = start(life, c -> deaf(never));
    try {
      ShutdownReport report = life.shutdown();
      assertThat(report).hasToString("0 finished, 0 cancelled, 1 stuck");
      assertThat(report.exitCode()).isOne();
      ShutdownReport.Stuck stuck = report.stuck().getFirst();
      assertThat(stuck.what()).contains("GET /orders");
      assertThat(stuck.at().getStackTrace())
          .anyMatch(frame -> frame.getMethodName().equals("deaf"));
      assertThat(events).anyMatch(ContextEvent.Zombie.class::isInstance);
    } finally {
      ContextEvents.remove(listener);
      never.countDown();
      worker.join();
    }
  }

  private static void deaf(CountDownLatch never) throws InterruptedException {
    never.await();
  }

  @Test
  void aPartThatNeverClosesHoldsUpNoOther() throws Exception {
    Lifecycle life = life(MINUTE, MINUTE);
    var closing = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    life.own("first", part("first"));
    life.own(
        "stubborn",
        () -> {
          closing.countDown();
          never.await();
          closed.countDown();
        });
    Thread shutdown = Thread.ofVirtual().start(life::close);
    closing.await();
    awaitUntil(() -> clock.pendingTimers() > 0);
    clock.advance(MINUTE);
    shutdown.join();
    ShutdownReport report = life.shutdown();
    never.countDown();
    closed.await();
    assertThat(log).contains("close first");
    assertThat(report.stuck().stream().map(ShutdownReport.Stuck::what).toList())
        .containsExactly("closing stubborn");
    assertThat(report.exitCode()).isOne();
  }

  @Test
  void aPartThatThrowsIsReportedAndHoldsUpNoOther() throws Exception {
    Lifecycle life = life(MINUTE, MINUTE);
    life.own("first", part("first"));
    life.own(
        "broken",
        new Part() {
          @Override
          public void stopTaking() throws IOException {
            throw new IOException("no");
          }

          @Override
          public void close() {
            throw new StackOverflowError("no");
          }
        });
    ShutdownReport report = life.shutdown();
    assertThat(log).containsExactly("stop first", "drain first in its grace", "close first");
    assertThat(report)
        .hasToString("0 finished, 0 cancelled, 0 stuck, failed: stopping broken, closing broken");
    assertThat(report.exitCode()).isOne();
  }

  @Test
  void aDrainThatTheGraceEndsIsNoFailure() throws Exception {
    Lifecycle life = life(Duration.ZERO, MINUTE);
    life.own(
        "queue",
        new Part() {
          @Override
          public void drain(Context grace) throws InterruptedException {
            grace.sleep(MINUTE);
          }

          @Override
          public void close() {}
        });
    assertThat(life.shutdown().failed()).isEmpty();
  }

  @Test
  void detachedWorkOutlivesTheGraceAndEndsBeforeThePartsAreClosed() throws Exception {
    Lifecycle life = life(Duration.ZERO, MINUTE);
    CancellableContext undoing = life.context().detach("undo", MINUTE);
    var stillThere = new CopyOnWriteArrayList<Boolean>();
    Thread worker =
        start(
            life,
            c -> {
              c.awaitDone();
              stillThere.add(!undoing.isDone());
            });
    life.own("database", () -> stillThere.add(!undoing.isDone()));
    life.shutdown();
    worker.join();
    assertThat(stillThere).containsExactly(true, false);
  }

  @Test
  void aPartThatComesTooLateIsClosed() throws Exception {
    Lifecycle life = life(MINUTE, MINUTE);
    life.shutdown();
    assertThatThrownBy(() -> life.own("late", part("late")))
        .isInstanceOf(ShutdownException.class)
        .hasMessage("shut down before late was opened");
    assertThat(log).containsExactly("close late");
  }

  @Test
  void anInterruptedCallerLeavesAndTheShutdownGoesOn() throws Exception {
    Lifecycle life = life(MINUTE, MINUTE);
    var goOn = new CountDownLatch(1);
    Thread worker = start(life, c -> goOn.await());
    Thread.currentThread().interrupt();
    assertThatThrownBy(life::shutdown).isInstanceOf(InterruptedException.class);
    assertThatThrownBy(() -> life.work().run(life.context(), c -> {}))
        .isInstanceOf(ShutdownException.class);
    goOn.countDown();
    worker.join();
    assertThat(life.shutdown().finished()).isOne();
  }

  // ---- work in flight

  @FunctionalInterface
  private interface Body {
    void run(Context ctx) throws InterruptedException;
  }

  private static Thread start(Lifecycle life, Body body) throws InterruptedException {
    var begun = new CountDownLatch(1);
    Thread worker =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (var ctx = life.context().withName("GET /orders").withCancel()) {
                    life.work()
                        .run(
                            ctx,
                            c -> {
                              begun.countDown();
                              body.run(c);
                            });
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });
    begun.await();
    return worker;
  }

  /** Counted down when the shutdown has begun. */
  private static CountDownLatch stopping(Lifecycle life) {
    var stopping = new CountDownLatch(1);
    life.own(
        "probe",
        new Part() {
          @Override
          public void stopTaking() {
            stopping.countDown();
          }

          @Override
          public void close() {}
        });
    return stopping;
  }
}
