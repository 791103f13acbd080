package dev.belay;

import dev.belay.spi.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Contexts that were dropped without being closed (R27). Their links are taken out of the tree, by
 * whoever makes the next ones and by a sweep each second while links are made; a forgotten close is
 * reported for a sample of all contexts, once for each place that makes them.
 */
final class Dropped {
  static final ReferenceQueue<CancelContext> QUEUE = new ReferenceQueue<>();

  /** One in so many contexts remembers where it was made; 0 for none. */
  private static final int SAMPLE = Integer.getInteger("dev.belay.leakSample", 1024);

  private static final long SWEEP_NANOS = 1_000_000_000;
  private static final int IDLE_SWEEPS = 10;
  private static final int REMEMBERED_PLACES = 1_000;

  private static final VarHandle SWEEPING;
  private static volatile boolean sweeping;
  private static volatile boolean made;
  private static int idle;

  private static final Set<StackTraceElement> REPORTED = ConcurrentHashMap.newKeySet();

  static {
    try {
      SWEEPING =
          MethodHandles.lookup().findStaticVarHandle(Dropped.class, "sweeping", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Dropped() {}

  /** Whether the context that is being made is one of the sample. */
  static boolean sampled() {
    return SAMPLE > 0 && ThreadLocalRandom.current().nextInt(SAMPLE) == 0;
  }

  /** Called for each link: pays for the removal of two dropped ones, and sees to the rest. */
  static void linkMade() {
    clear(2);
    if (!made) {
      made = true;
    }
    if (!sweeping && SWEEPING.compareAndSet(false, true)) {
      idle = 0;
      schedule();
    }
  }

  private static void schedule() {
    TimeSource time = TimeSource.system();
    time.schedule(time.nanoTime() + SWEEP_NANOS, Dropped::sweep);
  }

  /** Never twice at a time: the next is scheduled by the one before. */
  private static void sweep() {
    boolean found = clear(Integer.MAX_VALUE) > 0;
    idle = made || found ? 0 : idle + 1;
    made = false;
    if (idle < IDLE_SWEEPS) {
      schedule();
    } else {
      sweeping = false;
    }
  }

  /** Takes up to {@code limit} dropped links out of the tree. */
  static int clear(int limit) {
    int cleared = 0;
    while (cleared < limit && QUEUE.poll() instanceof Link link) {
      cleared++;
      Alarm alarm = link.alarm;
      if (alarm != null) {
        alarm.cancel();
      }
      boolean open = link.unhang();
      CreationSite site = link.site;
      if (open && site != null) {
        report(site);
      }
    }
    return cleared;
  }

  private static void report(CreationSite site) {
    StackTraceElement place = place(site);
    if (place != null && (REPORTED.size() >= REMEMBERED_PLACES || !REPORTED.add(place))) {
      return;
    }
    System.getLogger("dev.belay.leak")
        .log(
            System.Logger.Level.WARNING,
            "a context was dropped without close(), made at "
                + place
                + "; one of a sample, told once for each place. Use try-with-resources; the lint"
                + " rule ContextNotClosed finds it.",
            site);
  }

  /** The first frame that is not ours. */
  private static @Nullable StackTraceElement place(CreationSite site) {
    for (StackTraceElement frame : site.getStackTrace()) {
      if (!frame.getClassName().startsWith("dev.belay.") || frame.getClassName().contains("Test")) {
        return frame;
      }
    }
    return null;
  }
}
