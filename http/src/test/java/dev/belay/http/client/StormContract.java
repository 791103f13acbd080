package dev.belay.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.spi.LiveContext;
import dev.belay.spi.TreeInspector;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exchanges that are aborted at random moments leave nothing behind. */
abstract class StormContract {
  private static final String[] PATHS = {"/ok", "/hang", "/stall", "/trickle"};
  private static final int AT_ONCE = 16;

  private final CancellableContext root = Context.root("storm");
  private TestServer server;
  private HttpClient jdk;
  private ContextHttpClient client;

  abstract TestServer start() throws Exception;

  @BeforeEach
  void open() throws Exception {
    server = start();
    jdk = server.client();
    client = ContextHttpClient.of(jdk);
    // The storm begins on a connection that exists: see the second limit of the JDK's client in
    // ContextHttpClient.
    assertGood();
  }

  @AfterEach
  void close() throws Exception {
    jdk.shutdownNow();
    server.open.await(0);
    root.close();
    server.close();
  }

  @Test
  void cancelledExchangesLeaveNothingBehind() throws Exception {
    storm(2000, this::cancelAtRandom);
    assertNothingIsLeft();
  }

  @Test
  void interruptedExchangesLeaveNothingBehind() throws Exception {
    storm(500, this::interruptAtRandom);
    assertNothingIsLeft();
  }

  private void assertGood() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(server.uri("/ok")).build();
    assertThat(client.send(root, request, BodyHandlers.ofString()).body()).isEqualTo("ok");
  }

  private interface Shot {
    void fire(String path, long delayNanos) throws Exception;
  }

  /** Fires until one shot fails: each that follows could be stuck for as long as that one. */
  private static void storm(int shots, Shot shot) throws Exception {
    var random = new Random(42);
    var slots = new Semaphore(AT_ONCE);
    var failure = new AtomicReference<@Nullable Throwable>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < shots && failure.get() == null; i++) {
        String path = PATHS[i % PATHS.length];
        long delay = (long) (random.nextDouble() * 6_000_000);
        slots.acquire();
        executor.execute(
            () -> {
              try {
                shot.fire(path, delay);
              } catch (Throwable t) {
                failure.compareAndSet(null, t);
              } finally {
                slots.release();
              }
            });
      }
    }
    if (failure.get() != null) {
      throw new AssertionError("a shot has failed", failure.get());
    }
  }

  private void cancelAtRandom(String path, long delayNanos) throws Exception {
    try (var ctx = root.withCancel()) {
      var trial = Trial.start(() -> exchange(ctx, path));
      pass(delayNanos);
      ctx.cancel();
      assertOutcome(trial, path, ContextCancelledException.class);
    }
  }

  private void interruptAtRandom(String path, long delayNanos) throws Exception {
    try (var ctx = root.withCancel()) {
      var trial = Trial.start(() -> exchange(ctx, path));
      pass(delayNanos);
      trial.interrupt();
      assertOutcome(trial, path, InterruptedException.class);
    }
  }

  private static void pass(long nanos) {
    long until = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private Object exchange(Context ctx, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(server.uri(path)).build();
    if (ThreadLocalRandom.current().nextBoolean()) {
      return client.send(ctx, request, BodyHandlers.discarding());
    }
    InputStream body = client.open(ctx, request).body();
    try (body) {
      return body.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static void assertOutcome(Trial trial, String path, Class<? extends Exception> stopped)
      throws InterruptedException {
    Throwable outcome = trial.outcome();
    boolean read = outcome == null && path.equals("/ok");
    boolean interruptedInBody =
        stopped == InterruptedException.class
            && outcome != null
            && outcome.getCause() instanceof InterruptedException;
    if (!read && !interruptedInBody && !stopped.isInstance(outcome)) {
      throw new AssertionError(path, outcome);
    }
  }

  private void assertNothingIsLeft() throws Exception {
    server.busy.await(0);
    assertThat(TreeInspector.live(root)).extracting(LiveContext::reactions).allMatch(n -> n == 0);
    for (int i = 0; i < 200; i++) {
      assertGood();
    }
    // What is open now is the client's pool of idle connections.
    assertThat(server.open.value()).isBetween(1, AT_ONCE);
  }
}
