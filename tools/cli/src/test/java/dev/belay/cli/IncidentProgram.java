package dev.belay.cli;

import dev.belay.CancellableContext;
import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.ContextKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * A shop in trouble, for the page "In an incident": in one of five ways, which its argument names.
 * It ends when its standard input does.
 */
final class IncidentProgram {
  private static final ContextKey<String> REQUEST =
      ContextKey.named("request", String.class).loggable(id -> id);
  private static final Semaphore CONNECTIONS = new Semaphore(2);
  private static final List<Context> SESSIONS = new ArrayList<>();
  private static int served;

  private IncidentProgram() {}

  public static void main(String[] args) throws Exception {
    CancellableContext shop = Context.root("shop");
    switch (args[0]) {
      case "pile-up" -> pileUp(shop);
      case "query" -> query(shop);
      case "leak" -> leak(shop);
      case "shutdown" -> shutdown(shop);
      default -> late(shop);
    }
    System.out.println("ready");
    while (System.in.read() >= 0) {
      Thread.onSpinWait();
    }
    System.exit(0);
  }

  /** A request on a thread of its own. */
  private static void serve(
      Context shop, String name, Duration limit, CountDownLatch begun, Handler handler) {
    Context named = shop.withValue(REQUEST, "r-" + ++served).withName(name);
    Context ctx = limit.isZero() ? named.withCancel() : named.withTimeout(limit);
    Thread.ofVirtual()
        .name("http-" + served)
        .start(
            () -> {
              try {
                ctx.run(handler::handle);
              } catch (ContextEndedException | InterruptedException e) {
                // Answered with 504.
              } finally {
                begun.countDown();
              }
            });
  }

  private interface Handler {
    void handle(Context ctx) throws InterruptedException;
  }

  private static void pileUp(Context shop) throws InterruptedException {
    var begun = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      CONNECTIONS.acquire();
      serve(
          shop,
          "POST /orders",
          Duration.ofMinutes(1),
          new CountDownLatch(1),
          ctx -> statement(ctx, "update stock set left = ? where item = ?", begun));
    }
    begun.await();
    for (int i = 0; i < 40; i++) {
      serve(
          shop,
          "GET /stock",
          Duration.ofSeconds(30),
          new CountDownLatch(1),
          IncidentProgram::takeConnection);
    }
    while (CONNECTIONS.getQueueLength() < 40) {
      Thread.onSpinWait();
    }
  }

  private static void takeConnection(Context ctx) throws InterruptedException {
    ctx.callInterruptibly(
        c -> {
          CONNECTIONS.acquire();
          return null;
        });
  }

  private static void query(Context shop) throws InterruptedException {
    var begun = new CountDownLatch(1);
    serve(
        shop,
        "GET /report",
        Duration.ZERO,
        new CountDownLatch(1),
        ctx -> statement(ctx, "select * from orders o, items i where o.day > ?", begun));
    begun.await();
  }

  private static void statement(Context ctx, String sql, CountDownLatch begun) {
    ctx.run(
        new Statement(sql),
        c -> {
          begun.countDown();
          for (; ; ) {
            LockSupport.park();
          }
        });
  }

  private record Statement(String subject) implements Canceller {
    @Override
    public void cancel(int attempt) {}

    @Override
    public String resource() {
      return "PostgreSQL statement";
    }
  }

  private static void leak(Context shop) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              for (; ; ) {
                SESSIONS.add(shop.withName("session").withCancel());
                LockSupport.parkNanos(10_000_000);
              }
            });
  }

  private static void shutdown(CancellableContext shop) throws InterruptedException {
    var begun = new CountDownLatch(1);
    serve(
        shop,
        "nightly export",
        Duration.ZERO,
        new CountDownLatch(1),
        ctx -> {
          begun.countDown();
          export();
        });
    begun.await();
    shop.cancel(new IllegalStateException("SIGTERM"));
  }

  /** Never looks at its context. */
  private static void export() {
    for (; ; ) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static void late(Context shop) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              for (; ; ) {
                var done = new CountDownLatch(1);
                serve(shop, "GET /price", Duration.ofMillis(200), done, IncidentProgram::price);
                try {
                  done.await();
                } catch (InterruptedException e) {
                  return;
                }
              }
            });
  }

  private static void price(Context ctx) throws InterruptedException {
    ctx.withName("session").call(c -> sleep(c, 20));
    ctx.withName("rates service").call(c -> sleep(c, 60_000));
  }

  private static Void sleep(Context ctx, long millis) throws InterruptedException {
    ctx.sleep(Duration.ofMillis(millis));
    return null;
  }
}
