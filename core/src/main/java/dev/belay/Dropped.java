package dev.belay;

import dev.belay.kernel.Handles;
import dev.belay.kernel.Trace;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Contexts that were dropped without being closed (R27). Their links are taken out of the tree, by
 * the threads that make the next ones and by a sweep each second while links are made; a forgotten
 * close is reported for a sample of all contexts, once for each place that makes them.
 */
final class Dropped {
  /** Contexts by their links, and links that were dropped with their contexts. */
  static final ReferenceQueue<Object> QUEUE = new ReferenceQueue<>();

  /** One in so many contexts remembers where it was made; 0 for none. */
  private static final int SAMPLE = Integer.getInteger("dev.belay.leakSample", 1024);

  private static final long SWEEP_NANOS = 1_000_000_000;
  private static final int IDLE_SWEEPS = 10;
  private static final int REMEMBERED_PLACES = 1_000;

  private static final VarHandle SWEEPING =
      Handles.ofStatic(MethodHandles.lookup(), "sweeping", boolean.class);
  private static volatile boolean sweeping;
  private static volatile boolean made;
  private static int idle;

  private static final long BEGAN = System.nanoTime();

  /** A clock that costs one read. It stands still while no links are made. */
  private static volatile int second;

  /** What stands between a context's maker and its creation site. */
  private static final Set<String> OURS =
      Set.of(
          Context.class.getName(),
          AbstractContext.class.getName(),
          CancelContext.class.getName(),
          DeadlineContext.class.getName(),
          ExplainedDeadline.class.getName(),
          MergedContext.class.getName());

  /** Groups make contexts for their callers, too. */
  private static final String GROUPS = "dev.belay.group.";

  /** The links of the sample: a reference that is not reachable is not enqueued. */
  private static final Set<Link> SAMPLED = ConcurrentHashMap.newKeySet();

  /** The places that were reported. */
  static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

  private Dropped() {}

  /** Whether the context that is being made is one of the sample. */
  static boolean sampled() {
    return SAMPLE > 0 && ThreadLocalRandom.current().nextInt(SAMPLE) == 0;
  }

  /** Called for each link that knows where its context was made. */
  static void watch(Link link) {
    SAMPLED.add(link);
  }

  /** Called when the context of such a link has ended. */
  static void ended(Link link) {
    SAMPLED.remove(link);
  }

  /**
   * Called for each link: pays for the removal of two dropped ones, and sees to the rest.
   *
   * @return the second it is now, to one or two
   */
  static int linkMade() {
    clear(2, Dropped::report);
    if (!made) {
      made = true;
    }
    if (!sweeping) {
      second = secondNow(); // before another thread can find that there is a sweep
      if (SWEEPING.compareAndSet(false, true)) {
        idle = 0;
        schedule();
      }
    }
    return second;
  }

  /** The second of the last sweep, or of the first link after a pause. */
  static int second() {
    return second;
  }

  /** Seconds since this class was loaded. */
  static int secondNow() {
    return (int) ((System.nanoTime() - BEGAN) / SWEEP_NANOS);
  }

  private static void schedule() {
    TimeSource time = TimeSource.system();
    time.schedule(time.nanoTime() + SWEEP_NANOS, Dropped::sweep);
  }

  /** Never twice at a time: the next is scheduled by the one before. */
  private static void sweep() {
    second = secondNow();
    boolean found = clear(Integer.MAX_VALUE, Dropped::report) > 0;
    idle = made || found ? 0 : idle + 1;
    made = false;
    if (idle < IDLE_SWEEPS) {
      schedule();
    } else {
      sweeping = false;
    }
  }

  /**
   * Takes up to {@code limit} dropped links out of the tree.
   *
   * @param forgotten is given the place where each one that had not ended was made, if that is
   *     known
   */
  static int clear(int limit, Consumer<Trace> forgotten) {
    return clear(QUEUE::poll, limit, forgotten);
  }

  /** The same for a queue of the caller's: the sweep takes what is in ours at any time. */
  static int clear(Supplier<@Nullable Object> queue, int limit, Consumer<Trace> forgotten) {
    int cleared = 0;
    while (cleared < limit) {
      switch (queue.get()) {
        case Link link -> clear(link, forgotten);
        case Link.Held held -> held.top.unhang();
        case null, default -> {
          return cleared;
        }
      }
      cleared++;
    }
    return cleared;
  }

  private static void clear(Link link, Consumer<Trace> forgotten) {
    Alarm alarm = link.alarm;
    if (alarm != null) {
      alarm.cancel();
    }
    link.unhang();
    Trace site = link.site;
    if (site != null && SAMPLED.remove(link)) {
      forgotten.accept(site);
    }
  }

  private static void report(Trace site) {
    StackTraceElement place = place(site);
    if (REPORTED.size() < REMEMBERED_PLACES && REPORTED.add(String.valueOf(place))) {
      ContextEvents.report(
          new ContextEvent.ForgottenClose(String.valueOf(site.getMessage()), place, site));
    }
  }

  /** The first frame that is not ours: the same for all contexts that were made at one place. */
  static @Nullable StackTraceElement place(Throwable site) {
    for (StackTraceElement frame : site.getStackTrace()) {
      if (!OURS.contains(frame.getClassName()) && !frame.getClassName().startsWith(GROUPS)) {
        return frame;
      }
    }
    return null;
  }
}
