package dev.belay.lifecycle;

import dev.belay.Context;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** What {@link ProgramIT} sends signals to. */
final class SignalledProgram {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private SignalledProgram() {}

  public static void main(String[] arguments) throws Exception {
    String kind = arguments[0];
    Duration limit = kind.equals("ignores") ? Duration.ofMillis(500) : MINUTE;
    int code = Program.run(limit, ctx -> run(ctx, kind));
    if (kind.equals("lingers")) {
      System.out.println("ended");
      deaf();
    }
    System.exit(code);
  }

  private static int run(Context ctx, String kind) throws Exception {
    System.out.println("open");
    return switch (kind) {
      case "ends", "lingers" -> 7;
      case "ignores" -> deaf();
      default -> serve(ctx, kind);
    };
  }

  private static int serve(Context ctx, String kind) throws Exception {
    boolean stuck = kind.equals("stuck");
    Duration grace = stuck ? Duration.ZERO : MINUTE;
    Duration patience = stuck ? Duration.ofMillis(200) : MINUTE;
    var life = Lifecycle.open(Context.root("server"), grace, patience);
    var stopping = new CountDownLatch(1);
    life.own(
        "part",
        new Part() {
          @Override
          public void stopTaking() {
            stopping.countDown();
          }

          @Override
          public void close() {
            System.out.println("closed");
          }
        });
    var begun = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(
            () ->
                life.work()
                    .run(
                        life.context().withName("job"),
                        c -> {
                          begun.countDown();
                          work(stopping, kind);
                        }));
    begun.await();
    ctx.awaitDone();
    Throwable cause = ctx.cause();
    System.out.println("cause: " + (cause == null ? null : cause.getMessage()));
    ShutdownReport report = life.shutdown();
    System.out.println(report);
    report.stuck().forEach(each -> each.at().printStackTrace(System.out));
    return report.exitCode() == 0 ? 42 : report.exitCode();
  }

  /** Goes on until the shutdown has begun, or for ever. */
  private static void work(CountDownLatch stopping, String kind) {
    try {
      if (kind.equals("finishes")) {
        stopping.await();
      } else {
        deaf();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static int deaf() throws InterruptedException {
    new CountDownLatch(1).await();
    return 0;
  }
}
