package dev.belay.inspect;

import dev.belay.Context;
import dev.belay.Ending;
import dev.belay.spi.LiveContext;
import dev.belay.spi.LiveThread;
import dev.belay.spi.Loggable;
import dev.belay.spi.TreeInspector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Takes one {@link Snapshot}. */
final class Taking {
  private static final String BACKGROUND = "background/";

  private final Instant at = Instant.now();
  private final List<SeenContext> contexts = new ArrayList<>();

  /** Of the contexts above the one that is visited, and of itself. */
  private final List<String> paths = new ArrayList<>();

  private final Map<Long, SeenContext> byId = new HashMap<>();
  private final IdentityHashMap<Thread, Found> threads = new IdentityHashMap<>();

  /** A thread, the context it is under, and what it waits in. */
  private record Found(Context context, @Nullable LiveThread call) {}

  private Taking() {}

  /**
   * A snapshot of this program.
   *
   * @param others threads beyond those that hang in the tree
   */
  static Snapshot snapshot(ThreadSource others) {
    var taking = new Taking();
    long nanoTime = System.nanoTime();
    TreeInspector.walk(taking::visit);
    others.forEach(taking::bound);
    var seen = new ArrayList<SeenThread>(taking.threads.size());
    taking.threads.forEach((thread, found) -> seen.add(taking.seen(thread, found)));
    seen.sort(Comparator.comparingLong(SeenThread::id));
    return new Snapshot(taking.at, nanoTime, taking.contexts, seen);
  }

  private boolean visit(LiveContext live) {
    String name = live.name();
    // By the order of the walk, not by ids, which two contexts may share.
    String path = join(live.depth() == 0 ? "" : paths.get(live.depth() - 1), name);
    paths.subList(live.depth(), paths.size()).clear();
    paths.add(path);
    StackTraceElement place = live.place();
    var seen =
        new SeenContext(
            live.id(),
            live.parent(),
            live.depth(),
            name,
            path,
            live.kind(),
            live.leftNanos(),
            live.ownLimit(),
            live.ageSeconds(),
            live.children(),
            live.reactions(),
            name.isEmpty() ? Map.of() : Loggable.values(live.context()),
            place == null ? null : place.toString());
    contexts.add(seen);
    byId.put(seen.id(), seen);
    if (live.reactions() > 0) {
      live.threads().forEach(each -> hanging(each, live));
    }
    return true;
  }

  private static String join(String above, String name) {
    if (name.isEmpty()) {
      return above.isEmpty() ? "background" : above;
    }
    return above.isEmpty() ? name : above + "/" + name;
  }

  /** Of nested calls the one that says what it works on tells most. */
  private void hanging(LiveThread call, LiveContext live) {
    Found before = threads.get(call.thread());
    if (before == null || before.call == null || tells(call) > tells(before.call)) {
      threads.put(call.thread(), new Found(live.context(), call));
    }
  }

  private static int tells(LiveThread call) {
    return call.subject() != null ? 2 : call.resource().equals(Stacks.INTERRUPTIBLE) ? 0 : 1;
  }

  private void bound(Thread thread, Context context, @Nullable LiveThread call) {
    Found hanging = threads.get(thread);
    LiveThread known = hanging == null ? null : hanging.call;
    LiveThread best = known != null && (call == null || tells(known) >= tells(call)) ? known : call;
    threads.put(thread, new Found(context, best));
  }

  private SeenThread seen(Thread thread, Found found) {
    Context context = found.context;
    long id = TreeInspector.id(context);
    SeenContext live = byId.get(id);
    Object blocker = LockSupport.getBlocker(thread);
    LiveThread call = found.call;
    return new SeenThread(
        thread.getName(),
        thread.threadId(),
        thread.isVirtual(),
        thread.getState(),
        id,
        path(context),
        live == null ? left(context) : live.leftNanos(),
        ended(context),
        call == null ? null : call.resource(),
        call == null ? null : call.subject(),
        blocker == null ? null : blocker.getClass().getName(),
        Loggable.values(context),
        List.of(thread.getStackTrace()));
  }

  /** Without the background's name, as the tree has it. */
  private static String path(Context context) {
    String path = Loggable.path(context);
    return path.startsWith(BACKGROUND) ? path.substring(BACKGROUND.length()) : path;
  }

  /**
   * Not {@code remainingNanos}: that makes every later look at the context read the exact clock.
   */
  private long left(Context context) {
    Instant deadline = context.deadline();
    return deadline == null
        ? Long.MAX_VALUE
        : Math.max(0, Duration.between(at, deadline).toNanos());
  }

  private SeenThread.@Nullable Ended ended(Context context) {
    Ending ending = context.isDone() ? context.ending() : null;
    if (ending == null) {
      return null;
    }
    Duration ago = Duration.between(ending.at(), at);
    return new SeenThread.Ended(
        ending.status(), ending.message(), ago.isNegative() ? Duration.ZERO : ago);
  }
}
