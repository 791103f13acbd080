package dev.belay;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * A program that forgets timeouts of an hour, in a JVM of its own: {@link DroppedStress} reads what
 * it prints. Arguments: how many, and {@code leaf} or {@code derived}.
 */
final class ForgottenTimeouts {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SWEEPS = Duration.ofSeconds(30);
  private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();
  private static final Logger LEAKS = Logger.getLogger("dev.belay.leak");

  private static int line;

  private ForgottenTimeouts() {}

  public static void main(String[] args) {
    int count = Integer.parseInt(args[0]);
    Consumer<CancellableContext> forget =
        args[1].equals("leaf") ? ForgottenTimeouts::leaf : ForgottenTimeouts::derived;
    record();
    CancellableContext parent = Context.background().withCancel();
    ((CancelContext) parent).linked();
    forget(forget, parent, 20_000); // classes, pools and the report of this place
    long before = settled(Long.MIN_VALUE);
    forget(forget, parent, count);
    long patience = System.nanoTime() + SWEEPS.toNanos();
    while (Causes.entries(parent) > 0 && System.nanoTime() < patience) {
      System.gc(); // and a sweep comes by each second
    }
    long after = settled(before);
    System.out.println("grown by " + Math.max(0, after - before) / 1024 + " KB");
    System.out.println("left in the parent: " + Causes.entries(parent));
    System.out.println("at line " + line);
    REPORTS.forEach(System.out::println);
    parent.close();
  }

  private static void forget(
      Consumer<CancellableContext> forget, CancellableContext parent, int count) {
    for (int i = 0; i < count; i++) {
      forget.accept(parent);
    }
  }

  private static void leaf(CancellableContext parent) {
    here(parent.withTimeout(HOUR));
  }

  private static void derived(CancellableContext parent) {
    var unused = here(parent.withTimeout(HOUR)).withCancel();
  }

  /** Notes the line of the caller, once. */
  private static CancellableContext here(CancellableContext made) {
    if (line == 0) {
      line =
          StackWalker.getInstance()
              .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
    }
    return made;
  }

  /** The used heap, collected until it is not above {@code enough}, or shrinks no more. */
  private static long settled(long enough) {
    long least = Long.MAX_VALUE;
    for (int idle = 0; idle < 30; idle++) {
      System.gc();
      long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      if (used < least - 10_000) {
        idle = 0;
      }
      least = Math.min(least, used);
      if (least <= enough) {
        break;
      }
    }
    return least;
  }

  private static void record() {
    LEAKS.setUseParentHandlers(false);
    LEAKS.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            REPORTS.add(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
  }
}
