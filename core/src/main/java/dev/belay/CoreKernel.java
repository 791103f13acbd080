package dev.belay;

import dev.belay.kernel.Begun;
import dev.belay.kernel.Kernel;
import dev.belay.kernel.Names;
import dev.belay.kernel.Require;
import dev.belay.kernel.Work;
import dev.belay.spi.LiveVisitor;
import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What other packages of core reach of the tree of contexts. */
final class CoreKernel extends Kernel {
  /** Loaded by name from {@link Kernel}, with which it registers. */
  static final CoreKernel INSTANCE = new CoreKernel();

  private CoreKernel() {}

  @Override
  public @Nullable Work work(Context ctx) {
    CancelContext outermost = null;
    for (AbstractContext each = (AbstractContext) ctx; each != null; each = each.parent()) {
      if (each instanceof CancelContext scope && isWork(scope, outermost)) {
        outermost = scope;
      }
    }
    if (outermost == null) {
      return null;
    }
    Link link = outermost.linked();
    return link == null ? CleanUp.WORK : link;
  }

  /** What is shielded from the end of its piece of work, and finishes it. */
  private enum CleanUp implements Work {
    WORK;

    @Override
    public boolean hasBegun() {
      return true;
    }

    @Override
    public void begin(Begun begun) {}

    @Override
    public boolean isCutShort() {
      return false;
    }
  }

  /**
   * Whether {@code scope} is more of a piece of work than {@code below}, which is derived from it.
   */
  private static boolean isWork(CancelContext scope, @Nullable CancelContext below) {
    boolean limited = below != null && below.limiter() != null;
    return scope.limiter() != null || (!limited && !isRoot(scope));
  }

  private static boolean isRoot(CancelContext scope) {
    return scope.equals(scope.frame.environment().root);
  }

  @Override
  public @Nullable Context swap(@Nullable Context ctx) {
    return Binding.swap(ctx);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // each shield is an object of its own
  public Context obeyed(Context ctx) {
    Context current = Binding.current();
    Object shield = NamedContext.shield((AbstractContext) current);
    return shield == null || shield == NamedContext.shield((AbstractContext) ctx) ? ctx : current;
  }

  @Override
  public Map<String, String> loggable(Context ctx) {
    var found = new TreeMap<String, String>();
    PlainContext frame = ((AbstractContext) Require.context(ctx)).frame();
    Values.forEach(frame.pairs, (key, value) -> show(key, value, found));
    return found;
  }

  @SuppressWarnings("unchecked") // withValue has checked the type against the key
  private static <T> void show(ContextKey<T> key, Object value, Map<String, String> found) {
    String shown;
    try {
      shown = key.show((T) value);
    } catch (RuntimeException e) {
      shown = "(failed: " + e.getClass().getSimpleName() + ")"; // without what it says of the value
    }
    if (shown != null) {
      found.put(Names.shown(key.name()), shown);
    }
  }

  @Override
  public Context travelled(Context from, Context to) {
    var filled = new AtomicReference<Context>(Require.context(to));
    PlainContext frame = ((AbstractContext) Require.context(from)).frame();
    Values.forEach(
        frame.pairs,
        (key, value) -> {
          if (key.codec() != null) {
            filled.set(with(filled.get(), key, value));
          }
        });
    return filled.get();
  }

  @SuppressWarnings("unchecked") // withValue has checked the type against the key
  private static <T> Context with(Context ctx, ContextKey<T> key, Object value) {
    return ctx.withValue(key, (T) value);
  }

  @Override
  public CancellableContext root(String name, TimeSource time, boolean recordSites) {
    return NamedContext.root(name, time, recordSites);
  }

  @Override
  public List<Context> roots() {
    return Inspection.roots().stream().map(CancelContext::view).toList();
  }

  @Override
  public void walk(@Nullable Context from, LiveVisitor visitor) {
    var inspection = new Inspection(visitor);
    if (from == null) {
      inspection.visitAll(Inspection.roots());
    } else {
      CancelContext scope = ((AbstractContext) from).scope();
      inspection.visitAll(scope == null ? List.of() : List.of(scope));
    }
  }

  @Override
  public List<String> forgottenCloses() {
    return List.copyOf(Dropped.REPORTED);
  }

  @Override
  public long id(Context ctx) {
    CancelContext scope = ((AbstractContext) Require.context(ctx)).scope();
    return scope == null ? 0 : Seen.id(scope);
  }

  @Override
  public Duration shortest(Context step) {
    NamedContext label = ((AbstractContext) Require.context(step)).frame().label;
    return Duration.ofNanos(label.environment.estimates().shortest(label));
  }

  @Override
  public boolean isRefusal(Ending ending) {
    return ending.isRefusal();
  }

  @Override
  public void requireTime(Context step) {
    var ctx = (AbstractContext) step;
    CancelContext scope = ctx.scope();
    DeadlineContext limiter = scope == null ? null : scope.limiter();
    if (limiter != null) {
      NamedContext label = ctx.frame().label;
      label.environment.estimates().require(label, ctx, limiter, ctx.time().nanoTime());
    }
  }

  @Override
  public boolean isTracked(Context ctx) {
    var asked = (AbstractContext) Require.context(ctx);
    return asked.scope() != null && asked.frame().environment().tracked();
  }

  @Override
  public boolean isBelow(Context ctx, Context root) {
    Require.context(root);
    for (AbstractContext each = (AbstractContext) Require.context(ctx);
        each != null;
        each = each.parent()) {
      if (each.equals(root)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public @Nullable StackTraceElement place(Throwable site) {
    return Dropped.place(site);
  }

  @Override
  public TimeSource time(Context ctx) {
    return ((AbstractContext) ctx).time();
  }

  @Override
  public Context view(Context ctx) {
    return ((AbstractContext) ctx).view();
  }

  @Override
  public String path(Context ctx) {
    return ((AbstractContext) ctx).path();
  }

  @Override
  public boolean cancel(
      CancellableContext scope, @Nullable Throwable cause, @Nullable String story) {
    return ((CancelContext) scope).cancel(cause == null ? BuiltInCause.CANCELLED : cause, story);
  }
}
