package dev.belay.contracts.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.contracts.Unsupported;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.spi.LiveContext;
import dev.belay.spi.TreeInspector;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.LeakExtension;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Exchanges that are aborted at random moments leave nothing behind: every connection is closed or
 * usable, every stream reset. Whoever comes next is served, and so is who comes meanwhile, with
 * requests that no client dares to repeat: they notice when a connection is closed that is theirs.
 *
 * <p>The system property {@code belay.storm.operations} sets how many there are (1,000 unless set;
 * a quarter of that with interrupts); a tenth as many follow that must succeed. {@code
 * belay.storm.seed} repeats the moments of another run. The log shows the seed.
 */
@ExtendWith(LeakExtension.class)
public abstract class ClientStormContract {
  private static final System.Logger LOG = System.getLogger(ClientStormContract.class.getName());
  private static final int OPERATIONS = Integer.getInteger("belay.storm.operations", 1_000);
  private static final long SEED =
      Long.getLong("belay.storm.seed", ThreadLocalRandom.current().nextLong());
  private static final String[] PATHS = {"/ok", "/hang", "/stall", "/trickle", "/lost", "/moved"};
  private static final int AT_ONCE = 16;

  /**
   * After so many the storm waits until the server has caught up. Otherwise thousands of answers
   * that is not waited for would come when it is over, and some clients end an HTTP/2 connection on
   * which that happens (the JDK's after 1,024).
   */
  private static final int CATCH_UP = 256;

  private static final int NEIGHBOURS = 4;
  private static final int GOOD_ONES = OPERATIONS / 10;
  private static final long LONGEST_DELAY_NANOS = 6_000_000;

  /** For subclasses. */
  protected ClientStormContract() {}

  /**
   * Opens a client. The contract closes it.
   *
   * @throws Exception if there is none
   */
  protected abstract ClientUnderTest open(ClientSettings settings) throws Exception;

  /** What the client cannot do. */
  protected Set<ClientFeature> unsupported() {
    return Set.of();
  }

  @Test
  void cancelledExchangesOverHttp1LeaveNothingBehind(CancellableContext root) throws Exception {
    storm(root, FaultServer.http1(), false, OPERATIONS, ClientStormContract::cancel);
  }

  @Test
  void cancelledExchangesOverTlsLeaveNothingBehind(CancellableContext root) throws Exception {
    var server = FaultServer.http1(Certificate.forLocalhost());
    storm(root, server, false, OPERATIONS, ClientStormContract::cancel);
  }

  @Test
  void interruptedExchangesOverHttp1LeaveNothingBehind(CancellableContext root) throws Exception {
    needs(ClientFeature.BODY_INTERRUPTS);
    storm(root, FaultServer.http1(), false, OPERATIONS / 4, ClientStormContract::interrupt);
  }

  @Test
  void cancelledExchangesOverHttp2LeaveNothingBehind(CancellableContext root) throws Exception {
    needs(ClientFeature.HTTP2);
    var server = FaultServer.http2(Certificate.forLocalhost());
    storm(root, server, true, OPERATIONS, ClientStormContract::cancel);
  }

  @Test
  void interruptedExchangesOverHttp2LeaveNothingBehind(CancellableContext root) throws Exception {
    needs(ClientFeature.HTTP2);
    needs(ClientFeature.BODY_INTERRUPTS);
    var server = FaultServer.http2(Certificate.forLocalhost());
    storm(root, server, true, OPERATIONS / 4, ClientStormContract::interrupt);
  }

  private void needs(ClientFeature feature) {
    Unsupported.skip(this, unsupported(), feature);
  }

  // ---- the storm

  /** How an exchange is aborted. */
  private interface Abort {
    void fire(Shot shot) throws Exception;
  }

  /** One exchange, to be aborted after {@code delay} nanoseconds. */
  private record Shot(
      Context root, FaultServer server, ClientUnderTest client, String path, long delay) {

    Attempt<?> start(Context ctx) {
      return Attempt.start(
          () -> {
            var request = ClientRequest.get(server.uri(path));
            try (InputStream body = client.open(ctx, request).body()) {
              return body.transferTo(OutputStream.nullOutputStream());
            }
          });
    }

    void pass() {
      long until = System.nanoTime() + delay;
      for (long left = delay; left > 0; left = until - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }

    /** It was stopped, or was over before. */
    void assertStopped(Attempt<?> attempt, Class<? extends Exception> how)
        throws InterruptedException {
      Throwable outcome = attempt.failure();
      boolean whole = outcome == null && (path.equals("/ok") || path.equals("/moved"));
      boolean inBody =
          outcome != null
              && outcome.getCause() instanceof InterruptedException interruption
              && how.isInstance(interruption);
      if (!whole && !inBody && !how.isInstance(outcome)) {
        throw new AssertionError(path, outcome);
      }
    }
  }

  private static void cancel(Shot shot) throws Exception {
    try (var ctx = shot.root.withCancel()) {
      Attempt<?> attempt = shot.start(ctx);
      shot.pass();
      ctx.cancel();
      shot.assertStopped(attempt, ContextCancelledException.class);
    }
  }

  private static void interrupt(Shot shot) throws Exception {
    try (var ctx = shot.root.withCancel()) {
      Attempt<?> attempt = shot.start(ctx);
      shot.pass();
      attempt.interrupt();
      shot.assertStopped(attempt, InterruptedException.class);
    }
  }

  private void storm(
      CancellableContext root, FaultServer server, boolean http2, int operations, Abort abort)
      throws Exception {
    LOG.log(Level.INFO, "{0} aborted exchanges, -Dbelay.storm.seed={1}", operations, "" + SEED);
    var settings = new ClientSettings(Certificate.forLocalhost().client(), http2);
    try (server) {
      try (ClientUnderTest client = open(settings)) {
        var random = new Random(SEED);
        // The storm begins on a connection that exists: some clients share one that is being made
        // with requests that did not ask for it, and abort them together.
        assertGood(root, server, client);
        try (var neighbours = new Neighbours(root, server, client)) {
          fire(
              operations,
              number -> {
                String path = PATHS[number % PATHS.length];
                long delay = random.nextLong(LONGEST_DELAY_NANOS);
                return new Shot(root, server, client, path, delay);
              },
              abort);
          neighbours.assertServed();
        }
        assertNothingIsLeft(root, server, client);
      }
      server.open.await(0);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("with -Dbelay.storm.seed=" + SEED, e);
    }
  }

  private interface Shots {
    Shot shot(int number);
  }

  /** Fires until one fails: each that follows could be stuck for as long as that one. */
  private static void fire(int count, Shots shots, Abort abort) throws Exception {
    var slots = new Semaphore(AT_ONCE);
    var failure = new AtomicReference<@Nullable Throwable>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count && failure.get() == null; i++) {
        Shot shot = shots.shot(i);
        if (i % CATCH_UP == 0) {
          assertGood(shot.root, shot.server, shot.client);
        }
        slots.acquire();
        executor.execute(
            () -> {
              try {
                abort.fire(shot);
              } catch (Throwable t) {
                failure.compareAndSet(null, t);
              } finally {
                slots.release();
              }
            });
      }
    }
    Throwable failed = failure.get();
    if (failed != null) {
      throw new AssertionError("an exchange was not aborted as it should", failed);
    }
  }

  /** Exchanges that are not aborted, one after the other on each of some threads. */
  private static final class Neighbours implements AutoCloseable {
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean over;

    Neighbours(Context root, FaultServer server, ClientUnderTest client) {
      var request = new ClientRequest(server.uri("/ok"), Map.of(), 1);
      for (int i = 0; i < NEIGHBOURS; i++) {
        executor.execute(() -> run(root, client, request));
      }
    }

    private void run(Context root, ClientUnderTest client, ClientRequest request) {
      try {
        while (!over) {
          assertGood(root, client, request);
        }
      } catch (Throwable t) {
        failure.compareAndSet(null, t);
      }
    }

    void assertServed() {
      close();
      Throwable failed = failure.get();
      if (failed != null) {
        throw new AssertionError("an exchange failed that was not aborted", failed);
      }
    }

    @Override
    public void close() {
      over = true;
      executor.close();
    }
  }

  private static void assertGood(Context root, FaultServer server, ClientUnderTest client)
      throws Exception {
    assertGood(root, client, ClientRequest.get(server.uri("/ok")));
  }

  private static void assertGood(Context root, ClientUnderTest client, ClientRequest request)
      throws Exception {
    try (InputStream body = client.open(root, request).body()) {
      assertEquals("ok", new String(body.readAllBytes(), ISO_8859_1));
    }
  }

  private static void assertNothingIsLeft(Context root, FaultServer server, ClientUnderTest client)
      throws Exception {
    server.busy.await(0);
    int registrations = TreeInspector.live(root).stream().mapToInt(LiveContext::reactions).sum();
    assertEquals(0, registrations, "registrations");
    for (int i = 0; i < GOOD_ONES; i++) {
      assertGood(root, server, client);
    }
    int open = server.open.value();
    assertTrue(open >= 1 && open <= AT_ONCE + NEIGHBOURS, () -> "connections in the pool: " + open);
  }
}
