package dev.belay.group;

import dev.belay.Context;
import dev.belay.kernel.Names;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future.State;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The results of a lazy stream, in the order of its items (R36). A window of at most {@code limit}
 * forks is kept ahead of the reader; the thread that reads first owns it.
 */
final class OrderedResults<T extends @Nullable Object, R extends @Nullable Object>
    implements Spliterator<R> {
  private final Context ctx;
  private final Iterable<? extends T> items;
  private final int limit;
  private final ContextFunction<? super T, ? extends R, ?> fn;

  /** Made by the first read, with {@link #forks}. */
  private @Nullable Iterator<? extends T> source;

  private @Nullable Forks<R> forks;
  private @Nullable Thread reader;
  private long taken;
  private boolean closed;

  OrderedResults(
      Context ctx,
      Iterable<? extends T> items,
      int limit,
      ContextFunction<? super T, ? extends R, ?> fn) {
    this.ctx = ctx;
    this.items = items;
    this.limit = limit;
    this.fn = fn;
  }

  Stream<R> stream() {
    return StreamSupport.stream(this, false).onClose(this::close);
  }

  @Override
  public boolean tryAdvance(Consumer<? super R> action) {
    owned();
    if (closed) {
      return false;
    }
    try {
      ForkTask<? extends R> next = next(window());
      if (next == null) {
        close();
        return false;
      }
      action.accept(next.result());
      return true;
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    } catch (Throwable t) {
      close(); // a reader stops at a failure, and rarely closes the stream then
      throw t;
    }
  }

  /** As many forks as may be ahead, if there are so many items. */
  private Forks<R> window() {
    Iterator<? extends T> from = source;
    Forks<R> window = forks;
    if (from == null || window == null) {
      from = items.iterator();
      window = new Forks<>(ctx, new Policy.AllSucceed<>());
      source = from;
      forks = window;
      reader = Thread.currentThread();
    }
    while (window.all().size() < limit && from.hasNext()) {
      T item = from.next();
      window.start("item " + taken++, c -> fn.apply(c, item));
    }
    return window;
  }

  private @Nullable ForkTask<? extends R> next(Forks<R> window) throws InterruptedException {
    ForkTask<? extends R> first = window.first();
    if (first == null) {
      return null;
    }
    new OwnerWait(window).until(first::isDone);
    if (first.state() != State.SUCCESS) {
      close();
      throw failure(window);
    }
    first.taken = true;
    window.forgetFirst();
    return first;
  }

  private static RuntimeException failure(Forks<?> window) {
    window.throwError();
    try {
      window.throwDecider();
    } catch (RuntimeException e) {
      return e;
    } catch (Exception e) {
      return new CompletionException(e);
    }
    return window.endedException();
  }

  private void close() {
    owned();
    closed = true;
    if (forks != null) {
      forks.shut();
      Discard.<R>closing(ctx).untaken(forks.all());
    }
  }

  private void owned() {
    Thread caller = Thread.currentThread();
    if (reader != null && !reader.equals(caller)) {
      throw new WrongThreadException(
          "a stream of results was first read by thread %s and is used by thread %s: read and close it on one, without parallel()"
              .formatted(Names.quoted(reader.getName()), Names.quoted(caller.getName())));
    }
  }

  @Override
  public @Nullable Spliterator<R> trySplit() {
    return null;
  }

  @Override
  public long estimateSize() {
    return Long.MAX_VALUE;
  }

  @Override
  public int characteristics() {
    return ORDERED;
  }
}
