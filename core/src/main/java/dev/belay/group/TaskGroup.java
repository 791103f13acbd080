package dev.belay.group;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import dev.belay.kernel.Kernel;
import dev.belay.kernel.Names;
import dev.belay.kernel.Require;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Concurrent work that ends with the block that started it. Each fork runs on its own virtual
 * thread, under a child of the group's context that carries the fork's name.
 *
 * <pre>{@code
 * try (var group = TaskGroup.open(ctx)) {
 *   var user = group.fork("user", c -> users.find(c, id));
 *   var orders = group.fork("orders", c -> shop.orders(c, id));
 *   group.join();
 *   return new Page(user.get(), orders.get());
 * }
 * }</pre>
 *
 * <p>How the group is opened says what it is for: {@link #open all must succeed}, {@link
 * #firstSuccess the first success wins}, {@link #firstSuccesses the first n}, {@link #collect
 * everything is collected}, {@link #untilDeadline what is there at the deadline}, {@link #until a
 * condition of your own}. Where {@link #join} gives results, name their type: {@code var group =
 * TaskGroup.<Quote>firstSuccess(ctx)}; {@code var} infers the rest.
 *
 * <p>A result that no caller gets is closed if it is {@link AutoCloseable}: those of forks that
 * came after the winner, and all of them if {@link #join} throws or is not called. {@link
 * #discarding} says otherwise. Groups that give all forks leave this to the caller.
 *
 * <p>The group belongs to the thread that opened it: every method throws {@link
 * WrongThreadException} on another one, except {@link #context()}. That thread closes it, by
 * try-with-resources. A {@link Fork} may be read by any thread. An {@link Error} that a fork throws
 * cancels the rest and is thrown by {@link #join}, or by {@link #close} if there was no join.
 *
 * <p>Sources: Go's {@code errgroup}, Java's {@code StructuredTaskScope}.
 *
 * @param <T> what all results have in common; {@code Object} where they differ
 * @param <R> what {@link #join} gives
 * @param <X> the checked exception that {@link #join} may throw
 */
public final class TaskGroup<
        T extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    implements AutoCloseable {

  private enum Phase {
    OPEN,
    FORKED,
    JOINING,
    JOINED,
    CLOSED
  }

  private final Thread owner = Thread.currentThread();

  /** The group that the thread had open before. */
  final @Nullable TaskGroup<?, ?, ?> outer = OpenGroups.innermost();

  private final Policy<T, R, X> policy;
  final Forks<T> forks;
  private final Context context;
  private Discard<T> discard;
  private int limit = Integer.MAX_VALUE;
  private Phase phase = Phase.OPEN;

  /** How many forks {@link #next} has given. */
  private int given;

  private boolean cancelled;

  private TaskGroup(Context ctx, Policy<T, R, X> policy) {
    this.policy = policy;
    this.forks = new Forks<>(Require.context(ctx), policy);
    this.context = Kernel.get().view(forks.scope);
    this.discard = Discard.closing(context);
  }

  private static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      TaskGroup<T, R, X> open(Context ctx, Policy<T, R, X> policy) {
    var group = new TaskGroup<>(ctx, policy);
    OpenGroups.innermost(group);
    return group;
  }

  // ---- open

  /**
   * A group in which every fork must succeed. The first failure cancels the rest, and {@link #join}
   * throws it as it is; the other failures are suppressed ones of it, the cancellations it has
   * caused last. {@link #join} gives the results in the order of the forks.
   */
  @CheckReturnValue
  public static <T extends @Nullable Object> TaskGroup<T, List<T>, Exception> open(Context ctx) {
    return open(ctx, new Policy.AllSucceed<>());
  }

  /**
   * A group in which the first success cancels the rest, and {@link #join} gives its result. If all
   * fail it throws the failure of the first fork, which carries every other as a suppressed one.
   */
  @CheckReturnValue
  public static <T extends @Nullable Object> TaskGroup<T, T, Exception> firstSuccess(Context ctx) {
    return open(ctx, new Policy.FirstSuccess<>());
  }

  /**
   * A group in which the first {@code wanted} successes cancel the rest, and {@link #join} gives
   * their results in the order in which they came. If fewer succeed it throws the failure of the
   * first fork that failed, which carries every other as a suppressed one.
   *
   * @throws IllegalArgumentException if {@code wanted} is less than 1
   */
  @CheckReturnValue
  public static <T extends @Nullable Object> TaskGroup<T, List<T>, Exception> firstSuccesses(
      Context ctx, int wanted) {
    if (wanted < 1) {
      throw new IllegalArgumentException("wanted is " + wanted + ": a group waits for 1 at least");
    }
    return open(ctx, new Policy.FirstSuccesses<>(wanted));
  }

  /**
   * A group with a condition of your own: {@code enough} is tested for each fork that has ended,
   * and the first time it is true the rest is cancelled. {@link #join} gives all forks in order.
   *
   * @param enough called on the threads of the forks, perhaps on several at once. If it throws,
   *     that decides as well, and {@link #join} throws an {@link IllegalStateException}
   */
  @CheckReturnValue
  public static <T extends @Nullable Object>
      TaskGroup<T, List<Fork<? extends T>>, RuntimeException> until(
          Context ctx, Predicate<? super Fork<? extends T>> enough) {
    Require.argument(enough, "enough", "pass a condition, or use collect");
    return open(ctx, new Policy.Until<>(enough));
  }

  /**
   * A group in which no failure cancels anything. {@link #join} gives all forks in order, failed
   * ones too; it throws only if {@code ctx} has ended and cancelled some.
   */
  @CheckReturnValue
  public static <T extends @Nullable Object>
      TaskGroup<T, List<Fork<? extends T>>, RuntimeException> collect(Context ctx) {
    return open(ctx, new Policy.Collect<>(false));
  }

  /**
   * The same, except that the deadline of {@code ctx} is the time to be ready, not a failure: it
   * cancels what still runs, and {@link #join} gives all forks, some of them cancelled. Give it a
   * context of its own, {@code ctx.withTimeout(…)}, so that the caller has time left to use them.
   */
  @CheckReturnValue
  public static <T extends @Nullable Object>
      TaskGroup<T, List<Fork<? extends T>>, RuntimeException> untilDeadline(Context ctx) {
    return open(ctx, new Policy.Collect<>(true));
  }

  // ---- settings: before the first fork

  /**
   * At most {@code limit} forks run at once; {@link #fork} waits for its turn.
   *
   * @return this group
   * @throws IllegalArgumentException if {@code limit} is less than 1; the group is closed
   */
  public TaskGroup<T, R, X> limit(int limit) {
    unforked("limit");
    if (limit < 1) {
      shut();
      throw new IllegalArgumentException(
          "limit is " + limit + ": with less than 1 no fork could ever run");
    }
    this.limit = limit;
    return this;
  }

  /**
   * Forks run on threads of {@code threads}, for example {@code
   * Thread.ofPlatform().inheritInheritableThreadLocals(false).factory()}, each of which gets the
   * fork's name. What they inherit is for the factory to decide. The group waits for the end of
   * each thread. A fork whose thread ends without having run it has failed, within a second.
   *
   * @return this group
   */
  public TaskGroup<T, R, X> threads(ThreadFactory threads) {
    unforked("threads");
    if (threads == null) {
      shut();
    }
    forks.threads = Require.argument(threads, "threads", "leave it out for virtual threads");
    return this;
  }

  /**
   * Forks are not interrupted when their context ends: for code that an interrupt harms. They must
   * check their context, or pass it to code that does; otherwise the group waits for them.
   *
   * @return this group
   */
  public TaskGroup<T, R, X> uninterrupted() {
    unforked("uninterrupted");
    forks.interrupting = false;
    return this;
  }

  /**
   * Results that no caller gets go to {@code closer}, instead of being closed if they can be. It
   * runs on the owner's thread, in {@link #join} or {@link #close}; what it throws is reported.
   *
   * @return this group
   */
  public TaskGroup<T, R, X> discarding(Consumer<? super T> closer) {
    unforked("discarding");
    if (closer == null) {
      shut();
    }
    discard =
        new Discard<>(
            context, Require.argument(closer, "closer", "pass result -> {} to do nothing"));
    return this;
  }

  private void unforked(String setting) {
    owned(setting);
    if (phase != Phase.OPEN) {
      throw new IllegalStateException(
          setting + "(…) after the first fork: set up " + this + " right where it is opened");
    }
  }

  // ---- fork and join

  /** What the forks run under. It ends when the group is decided, cancelled or closed. */
  public Context context() {
    return context;
  }

  /**
   * Starts {@code body} on a thread of its own, once fewer than the limit run. If the group's
   * context has ended, or ends while this waits, the body is not started and the fork is cancelled;
   * {@link #join} throws the reason. The same happens if this thread is interrupted while it waits:
   * that cancels the group, and the flag stays set. The thread inherits no thread-locals, unless it
   * is of a factory that lets it; installed {@linkplain dev.belay.spi.ContextCarrier carriers}
   * apply.
   *
   * @param name for messages, the live tree, the thread and the story of a deadline
   * @throws IllegalStateException after {@link #join} or {@link #close}
   */
  public <U extends T> Fork<U> fork(String name, ContextCallable<? extends U, ?> body) {
    forkable("fork", name, body);
    try {
      new OwnerWait(forks).until(() -> forks.running() < limit || forks.scope.isDone());
    } catch (InterruptedException e) {
      forks.cancel(e);
      owner.interrupt();
    }
    return forks.start(name, body);
  }

  /** {@link #fork} that never waits: null, and nothing started, if as many run as may. */
  @CheckReturnValue
  public <U extends T> @Nullable Fork<U> tryFork(
      String name, ContextCallable<? extends U, ?> body) {
    forkable("tryFork", name, body);
    return forks.running() < limit ? forks.start(name, body) : null;
  }

  private void forkable(String method, String name, ContextCallable<?, ?> body) {
    owned(method);
    Require.argument(name, "name", "a fork has a name, for messages and the live tree");
    Require.argument(body, "body", "pass what to run");
    if (phase != Phase.OPEN && phase != Phase.FORKED) {
      throw new IllegalStateException(
          "%s(%s) after %s of %s: open another group for more work"
              .formatted(
                  method, Names.quoted(name), phase == Phase.CLOSED ? "close()" : "join()", this));
    }
    phase = Phase.FORKED;
  }

  /**
   * Waits for the next fork to end, in the order in which they do: to use results as they come. The
   * caller owns a result that it was given so. The group still needs a {@link #join}.
   *
   * @return null once every fork was given
   * @throws InterruptedException if this thread is interrupted while it waits
   */
  @SuppressWarnings("unchecked") // a fork of this group, which only gives results
  public @Nullable Fork<T> next() throws InterruptedException {
    owned("next");
    if (given == forks.all().size()) {
      return null;
    }
    new OwnerWait(forks).until(() -> !forks.unread.isEmpty());
    ForkTask<?> fork = forks.unread.poll();
    if (fork == null) {
      throw new AssertionError("only the owner reads");
    }
    given++;
    fork.taken = true;
    return (Fork<T>) fork;
  }

  /**
   * Waits until all forks have ended, and gives what the group was opened for.
   *
   * @throws ContextEndedException if the group's context ended before it was decided; failures of
   *     forks are suppressed ones of it
   * @throws InterruptedException if this thread is interrupted while it waits; another join may
   *     follow, or the close, which cancels
   * @throws IllegalStateException at the second join
   */
  public R join() throws X, InterruptedException {
    owned("join");
    if (phase == Phase.JOINED || phase == Phase.CLOSED) {
      throw new IllegalStateException(
          "join() after %s of %s: keep what the first join gave"
              .formatted(phase == Phase.CLOSED ? "close()" : "join()", this));
    }
    phase = Phase.JOINING;
    forks.join();
    phase = Phase.JOINED;
    forks.setJoined();
    boolean succeeded = false;
    try {
      forks.throwError();
      R outcome = policy.outcome(forks);
      succeeded = true;
      return outcome;
    } finally {
      if (!succeeded || !policy.givesForks()) {
        discard.untaken(forks.all());
      }
    }
  }

  /** Cancels all forks; the group needs no join then. Does nothing if it has ended before. */
  public void cancel() {
    owned("cancel");
    forks.cancel(null);
    cancelled = true;
  }

  /**
   * Cancels what still runs and waits until its threads are gone; an interrupt does not end the
   * wait, and is kept. Does nothing the second time.
   *
   * @throws IllegalStateException if there was no join although there are forks, or if groups that
   *     this thread opened later are still open; they are closed, too
   */
  @Override
  public void close() {
    owned("close");
    if (phase == Phase.CLOSED) {
      return;
    }
    Phase before = phase;
    List<TaskGroup<?, ?, ?>> inner = OpenGroups.inside(this);
    inner.forEach(TaskGroup::shut);
    shut();
    if (before != Phase.JOINED) {
      discard.untaken(forks.all());
      forks.throwError();
    }
    if (!inner.isEmpty()) {
      TaskGroup<?, ?, ?> last = inner.getFirst();
      throw last.forks.carrying(
          OpenGroups.unclosed(last, "before " + this + ", which was opened earlier"));
    }
    if (before == Phase.FORKED && !cancelled) {
      throw forks.carrying(
          new IllegalStateException(
              "close() without join() of "
                  + this
                  + ": join it to get its results and failures, or cancel it if they do not"
                  + " matter"));
    }
  }

  /** Closes whatever the phase; the caller reports what was wrong. */
  void shut() {
    forks.shut();
    phase = Phase.CLOSED;
    OpenGroups.forgetClosed();
  }

  boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  private void owned(String method) {
    Thread caller = Thread.currentThread();
    if (!owner.equals(caller)) {
      throw new WrongThreadException(
          "%s() of %s on thread %s: only thread %s, which opened it, may call it; open a group of your own here"
              .formatted(method, this, shown(caller), shown(owner)));
    }
  }

  private static String shown(Thread thread) {
    return thread.getName().isEmpty() ? "#" + thread.threadId() : Names.quoted(thread.getName());
  }

  // ---- many items

  /**
   * Applies {@code fn} to all items, at most {@code limit} at once, and gives the results in the
   * order of the items. The first failure cancels the rest and is thrown as {@link #open} does.
   *
   * @throws ContextEndedException if {@code ctx} ends before all is done
   */
  public static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      List<R> map(
          Context ctx,
          Iterable<? extends T> items,
          int limit,
          ContextFunction<? super T, ? extends R, ? extends X> fn)
          throws X, InterruptedException {
    Require.argument(items, "items", "pass an empty list for none");
    Require.argument(fn, "fn", "pass what to do with each item");
    return Items.map(TaskGroup.<R>open(ctx).limit(limit), items, fn);
  }

  /**
   * The same lazily: an item is taken and forked when the stream is read, at most {@code limit}
   * ahead of what was read. Read it on one thread, and to its end or close it, by
   * try-with-resources: until then forks may run.
   *
   * <p>Reading throws the first failure that is unchecked as it is, others as the cause of a {@link
   * java.util.concurrent.CompletionException}; results before it that are there are given first. An
   * interrupt while it waits throws such an exception too, with the flag set again.
   */
  public static <T extends @Nullable Object, R extends @Nullable Object> Stream<R> stream(
      Context ctx,
      Iterable<? extends T> items,
      int limit,
      ContextFunction<? super T, ? extends R, ?> fn) {
    Require.context(ctx);
    Require.argument(items, "items", "pass an empty list for none");
    Require.argument(fn, "fn", "pass what to do with each item");
    if (limit < 1) {
      throw new IllegalArgumentException(
          "limit is " + limit + ": with less than 1 no item could ever be read");
    }
    return new OrderedResults<T, R>(ctx, items, limit, fn).stream();
  }

  @Override
  public String toString() {
    return "group " + Names.quoted(forks.path());
  }
}
