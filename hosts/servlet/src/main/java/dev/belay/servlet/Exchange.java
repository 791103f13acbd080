package dev.belay.servlet;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.ContextRunnable;
import dev.belay.Registration;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.FailureLog;
import dev.belay.http.server.FailureStatus;
import dev.belay.http.server.RequestLimits;
import dev.belay.http.spi.ClientLimits;
import dev.belay.http.spi.ClientWatch;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One request with its context and its watch, over all its dispatches. */
final class Exchange implements AsyncListener {
  private static final System.Logger LOG = System.getLogger("dev.belay.servlet");
  private static final int LOWEST_ERROR = 400;
  private static final Duration LAST_WORD = Duration.ofSeconds(1);

  private final CancellableContext ctx;
  private final boolean interrupting;
  private final ClientWatch watch;
  private final HttpServletResponse response;
  private final Registration ending;
  private final ClientLimits limits;

  /** Held while the end of the context acts on the response, which is its container's after it. */
  private final ReentrantLock lock = new ReentrantLock();

  private volatile boolean over; // written under the lock
  private @Nullable CancellableContext lastWord; // guarded by the lock

  Exchange(
      CancellableContext ctx,
      RequestLimits limits,
      boolean interrupting,
      ClientWatch watch,
      HttpServletResponse response) {
    this.ctx = ctx;
    this.interrupting = interrupting;
    this.watch = watch;
    this.response = response;
    this.ending = ctx.onDone(this::end);
    this.limits = ClientLimits.of(ctx, limits, this::cutOff);
  }

  Context context() {
    return ctx;
  }

  boolean isOver() {
    return over;
  }

  /** Runs the first dispatch, and finishes the exchange unless that has made it asynchronous. */
  void begin(HttpServletRequest request, FilterChain chain) throws IOException, ServletException {
    try {
      watch.begin(gone -> ctx.cancel(new ClientGoneException("client gone", gone)), limits);
      dispatch(request, response, chain);
    } finally {
      if (request.isAsyncStarted()) {
        request.getAsyncContext().addListener(this);
      } else {
        finish();
      }
    }
  }

  /** Runs one dispatch under the context. */
  void dispatch(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      run(unused -> chain.doFilter(request, response));
    } catch (Throwable failure) {
      answer(response, failure);
    }
  }

  private void run(ContextRunnable<Exception> body) throws Exception {
    if (interrupting) {
      ctx.runInterruptibly(body);
    } else {
      ctx.run(body);
    }
  }

  private void answer(HttpServletResponse response, Throwable failure)
      throws IOException, ServletException {
    ContextEndedException ended = ended();
    boolean begun = hasBegun(response);
    Throwable why = begun && ended != null ? ended : failure;
    int status = FailureStatus.of(ctx, why).orElse(0);
    if (begun || (status == 0 && response.getStatus() < LOWEST_ERROR)) {
      watch.cutOff(why);
    }
    if (status == 500) {
      throwOn(failure);
    }
    FailureLog.write(LOG, ctx, status, why);
    if (status != 0 && !response.isCommitted()) {
      response.sendError(status, FailureStatus.text(status, why));
    }
  }

  /**
   * Whether a part of the response may be on its way. An error is the last word, and may be the
   * container's own, of a body that it could not read.
   */
  private static boolean hasBegun(HttpServletResponse response) {
    return response.isCommitted() && response.getStatus() < LOWEST_ERROR;
  }

  private static void throwOn(Throwable failure) throws IOException, ServletException {
    switch (failure) {
      case IOException e -> throw e;
      case ServletException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new ServletException(failure);
    }
  }

  /** The context has ended: what its request waits for in the container ends, too. */
  private void end() {
    ContextEndedException ended = ended();
    lock.lock();
    try {
      if (over || ended == null) {
        return;
      }
      if (!(ctx.cause() instanceof ClientGoneException)) { // else the read fails, and says how
        watch.failReads(ended);
      }
      if (hasBegun(response)) {
        watch.cutOff(ended);
      } else {
        grantLastWord(ended);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Under the lock: what is answered after the end, as an error, has a moment to go out. A client
   * that does not read it is not waited for.
   */
  private void grantLastWord(ContextEndedException ended) {
    CancellableContext moment = ctx.withoutCancel().withTimeout(LAST_WORD);
    lastWord = moment;
    moment.onDone(() -> lastWordIsOver(ended));
  }

  private void lastWordIsOver(ContextEndedException ended) {
    lock.lock();
    try {
      if (over) {
        return;
      }
      if (response.isCommitted()) {
        watch.cutOff(ended);
      } else {
        grantLastWord(ended); // it has not begun to answer
      }
    } finally {
      lock.unlock();
    }
  }

  /** Breaks the response off, unless the request is over. */
  void cutOff(Throwable why) {
    lock.lock();
    try {
      if (!over) {
        watch.cutOff(why);
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ContextEndedException ended() {
    try {
      ctx.throwIfDone();
      return null;
    } catch (ContextEndedException e) {
      return e;
    }
  }

  private void finish() {
    @Nullable CancellableContext moment;
    lock.lock();
    try {
      if (over) {
        return;
      }
      over = true;
      moment = lastWord;
    } finally {
      lock.unlock();
    }
    if (moment != null) {
      moment.close();
    }
    ending.close();
    limits.end();
    watch.close();
    ctx.close();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    finish();
  }

  @Override
  public void onTimeout(AsyncEvent event) {}

  @Override
  public void onError(AsyncEvent event) {}

  /** Dispatched, and made asynchronous again: a container forgets its listeners then. */
  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this);
  }
}
