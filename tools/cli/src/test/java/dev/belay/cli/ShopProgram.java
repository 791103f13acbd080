package dev.belay.cli;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextKey;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that is looked at, with belay-core alone on its class path. It ends when its standard
 * input does.
 */
final class ShopProgram {
  private static final ContextKey<String> REQUEST =
      ContextKey.named("request", String.class).loggable(id -> id);
  private static final ContextKey<String> TOKEN = ContextKey.named("token", String.class);

  private ShopProgram() {}

  public static void main(String[] args) throws Exception {
    var started = new CountDownLatch(3);
    try (var shop = Context.root("shop")) {
      Context order =
          shop.withValue(REQUEST, "r-17").withValue(TOKEN, "k7-canary").withName("POST /orders");
      var limited = order.withTimeout(Duration.ofHours(1));
      Thread.ofVirtual().name("query").start(() -> query(limited, started));
      Thread.ofPlatform().daemon().name("busy").start(() -> busy(limited, started));
      var left = shop.withName("GET /left").withCancel();
      Thread.ofVirtual().name("deaf").start(() -> busy(left, started));
      started.await();
      left.cancel(new IllegalStateException("client gone"));
      System.out.println("ready");
      while (System.in.read() >= 0) {
        shop.withName("step").withCancel().cancel(new IllegalStateException("on purpose"));
      }
    }
  }

  private static void query(Context ctx, CountDownLatch started) {
    ctx.run(
        new Statement(),
        c -> {
          started.countDown();
          LockSupport.park();
        });
  }

  private static void busy(Context ctx, CountDownLatch started) {
    ctx.run(
        c -> {
          started.countDown();
          for (; ; ) {
            LockSupport.park();
          }
        });
  }

  private static final class Statement implements Canceller {
    @Override
    public void cancel(int attempt) {}

    @Override
    public String resource() {
      return "a statement";
    }

    @Override
    public String subject() {
      return "select ? from stock";
    }
  }
}
