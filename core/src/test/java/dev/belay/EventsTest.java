package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.ContextListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a listener hears (R37). */
class EventsTest extends Fixture {
  private final List<ContextEvent> events = new CopyOnWriteArrayList<>();
  private final ContextListener listener = events::add;

  @BeforeEach
  void listen() {
    assertThat(ContextEvents.install(listener)).isTrue();
  }

  @AfterEach
  void listenNoMore() {
    ContextEvents.remove(listener);
  }

  private <E extends ContextEvent> List<E> heard(Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Test
  @DisplayName("R37: installing is idempotent, and a listener can be removed")
  void installingIsIdempotent() {
    assertThat(ContextEvents.isObserved()).isTrue();
    assertThat(ContextEvents.install(listener)).isFalse();
    assertThat(ContextEvents.remove(listener)).isTrue();
    assertThat(ContextEvents.remove(listener)).isFalse();
    root.withCancel().close();
    assertThat(events).isEmpty();
    assertThatThrownBy(() -> ContextEvents.install(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("listener");
  }

  @Test
  @DisplayName("R37: an end is reported once, with its story and the share of the limit used")
  void anEndIsReportedOnce() {
    var request = root.withName("GET /").withTimeout(Duration.ofSeconds(2));
    Context below = request.withCancel();
    clock.advanceSilently(SECOND);
    request.cancel(new IOException("gone"));
    request.close();
    assertThat(below.isDone()).isTrue();
    ContextEvent.Ended ended = heard(ContextEvent.Ended.class).getFirst();
    assertThat(heard(ContextEvent.Ended.class)).hasSize(1);
    assertThat(ended.ending()).isSameAs(request.ending());
    assertThat(ended.context()).isNotInstanceOf(CancellableContext.class);
    assertThat(ended.limit()).isEqualTo(Duration.ofSeconds(2));
    assertThat(ended.shareOfLimit()).isEqualTo(0.5);
  }

  @Test
  @DisplayName("R37: a close is reported, and a name knows when it was given")
  void aCloseIsReported() {
    var named = root.withName("job").withCancel();
    clock.advanceSilently(SECOND);
    named.close();
    ContextEvent.Ended ended = heard(ContextEvent.Ended.class).getFirst();
    assertThat(ended.ending().status()).isEqualTo(Status.CLOSED);
    assertThat(ended.began()).isEqualTo(java.time.Instant.EPOCH);
    assertThat(ended.limit()).isNull();
    assertThat(ended.shareOfLimit()).isNaN();
  }

  @Test
  @DisplayName("R37, R40: each cancel is reported with its outcome; one that fails is repeated")
  void eachCancelIsReported() {
    var ctx = root.withCancel();
    var third = new CountDownLatch(3);
    var canceller =
        new Canceller() {
          @Override
          public void cancel(int attempt) throws IOException {
            Thread.currentThread().interrupt(); // must not end the thread that sends
            third.countDown();
            throw new IOException("no way");
          }

          @Override
          public String resource() {
            return "a test";
          }
        };
    ctx.<RuntimeException>run(
        canceller,
        c -> {
          ctx.cancel();
          awaitUntil(() -> third.getCount() == 0);
        });
    awaitUntil(() -> heard(ContextEvent.CancelSent.class).size() >= 3);
    assertThat(heard(ContextEvent.CancelSent.class))
        .allSatisfy(sent -> assertThat(sent.failure()).hasMessage("no way"))
        .allSatisfy(sent -> assertThat(sent.resource()).isEqualTo("a test"))
        .extracting(ContextEvent.CancelSent::attempt)
        .startsWith(0, 1, 2);
  }

  @Test
  @DisplayName("R21, R37: a resource that does not stop is broken off, once, and that is reported")
  void aResourceThatDoesNotStopIsBrokenOff() throws Exception {
    var ctx = root.withCancel();
    var brokenOff = new CountDownLatch(1);
    var canceller =
        new Canceller() {
          @Override
          public void cancel(int attempt) {}

          @Override
          public Duration patience() {
            return Duration.ofMillis(1);
          }

          @Override
          public void abandoned() {
            brokenOff.countDown();
          }
        };
    ctx.run(
        canceller,
        c -> {
          ctx.cancel();
          awaitUntil(() -> clock.pendingTimers() > 0); // the patience has begun
          clock.advanceAndForget(Duration.ofMillis(1));
          brokenOff.await(); // as a read of a socket whose connection is broken off
        });
    awaitUntil(() -> heard(ContextEvent.Abandoned.class).size() == 1);
    assertThat(heard(ContextEvent.Abandoned.class).getFirst().mayStillRun()).isTrue();
  }

  @Test
  @DisplayName("R40: a patience that throws or is null is ten seconds, and the failure is kept")
  void aFaultyPatienceIsTheDefault() {
    for (boolean thrown : new boolean[] {true, false}) {
      var ctx = root.withCancel();
      var sent = new CountDownLatch(1);
      var canceller =
          new Canceller() {
            @Override
            public void cancel(int attempt) {
              sent.countDown();
            }

            @Override
            public Duration patience() {
              if (thrown) {
                throw new IllegalStateException("patience");
              }
              return null;
            }
          };
      var failure = new IOException("stopped");
      assertThatThrownBy(
              () ->
                  ctx.run(
                      canceller,
                      c -> {
                        ctx.cancel();
                        sent.await();
                        throw failure;
                      }))
          .isInstanceOf(ContextCancelledException.class)
          .hasCause(failure);
    }
    assertThat(heard(ContextEvent.Uncaught.class))
        .extracting(ContextEvent.Uncaught::origin)
        .containsOnly("canceller");
  }

  @Test
  @DisplayName("R37, R40: a listener that throws harms nothing, and the others hear of it")
  void aListenerThatThrowsHarmsNothing() {
    ContextListener faulty =
        event -> {
          throw new IllegalStateException("faulty");
        };
    ContextEvents.install(faulty);
    try {
      root.withCancel().close();
    } finally {
      ContextEvents.remove(faulty);
    }
    assertThat(heard(ContextEvent.Ended.class)).hasSize(1);
    assertThat(heard(ContextEvent.Uncaught.class))
        .singleElement()
        .satisfies(uncaught -> assertThat(uncaught.origin()).isEqualTo("listener"));
  }

  @Test
  @DisplayName("R40: a listener that interrupts its thread leaves no interrupt")
  void aListenerThatInterrupts() {
    ContextListener rude = event -> Thread.currentThread().interrupt();
    ContextEvents.install(rude);
    try {
      root.withCancel().cancel();
    } finally {
      ContextEvents.remove(rude);
    }
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  @DisplayName("R40: an action that throws an undeclared checked exception stops no other")
  void anUndeclaredExceptionStopsNoOther() throws Exception {
    var ctx = root.withCancel();
    var ran = new CountDownLatch(2);
    Thread waiter = Thread.ofVirtual().start(() -> awaited(ctx));
    ctx.onDone(() -> EventsTest.<RuntimeException>sneaky(new IOException("x")), Runnable::run);
    ctx.onDone(ran::countDown, Runnable::run);
    ctx.onDone(ran::countDown, Runnable::run);
    awaitParked(waiter);
    ctx.cancel();
    waiter.join();
    assertThat(ran.getCount()).isZero();
    assertThat(heard(ContextEvent.Uncaught.class)).hasSize(1);
  }

  private static void awaited(Context ctx) {
    try {
      ctx.awaitDone();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneaky(Throwable failure) throws X {
    throw (X) failure;
  }
}
