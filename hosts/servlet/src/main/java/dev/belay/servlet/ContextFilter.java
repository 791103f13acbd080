package dev.belay.servlet;

import dev.belay.CancellableContext;
import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.http.server.FailureStatus;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.RequestLimits;
import dev.belay.http.spi.ClientWatch;
import dev.belay.spi.Ambient;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs each request under a context of its own, which is {@link Context#current()} for the filters
 * and the servlet after this one. Register it first, for all dispatcher types, and with support for
 * asynchronous requests. The context ends when the client goes away, where the container has a
 * {@link ClientWatch}; without one only its time and the server's end bound it.
 *
 * <ul>
 *   <li>An asynchronous request's context stays open until the request completes, and is bound
 *       again in each dispatch.
 *   <li>An error page runs under a context of its own with the same limit.
 *   <li>A response that had begun when the context ended is cut off, and no text is added to it.
 *   <li>A failure that {@link FailureStatus} has an answer of its own for (400, 503, 504) is
 *       answered by {@link HttpServletResponse#sendError(int, String)}; when the client is gone,
 *       nothing is answered, and nothing is thrown for the container to log. All else is thrown on,
 *       and the container answers it as it does without this filter.
 * </ul>
 */
public final class ContextFilter implements Filter {
  private static final ServletMessages MESSAGES = ServletMessages.INSTANCE;
  private static final String EXCHANGE = ContextFilter.class.getName() + ".exchange";

  private final Context server;
  private final RequestContexts contexts;
  private final RequestLimits limits;
  private final boolean interrupting;

  /**
   * A filter with {@link RequestLimits#DEFAULT} that never interrupts a request's thread.
   *
   * @param server the parent of every request's context; its owner ends it at shutdown
   * @param contexts the limit of a request, and the headers that are read of it
   */
  public ContextFilter(Context server, RequestContexts contexts) {
    this(server, contexts, RequestLimits.DEFAULT, false);
  }

  private ContextFilter(
      Context server, RequestContexts contexts, RequestLimits limits, boolean interrupting) {
    this.server = Objects.requireNonNull(server, "server is null: pass the server's root");
    this.contexts = Objects.requireNonNull(contexts, "contexts is null: pass a limit");
    this.limits = Objects.requireNonNull(limits, "limits is null: use RequestLimits.DEFAULT");
    this.interrupting = interrupting;
  }

  /**
   * A copy of this filter that interrupts a request's thread when its context ends. For servlets
   * that block in code unaware of contexts, and hold nothing that an interrupt breaks.
   */
  @CheckReturnValue
  public ContextFilter withInterrupts() {
    return new ContextFilter(server, contexts, limits, true);
  }

  /**
   * A copy of this filter that gives clients other limits, where the container has a {@link
   * ClientWatch}. For limits that differ by route, register a filter for each, and map them so that
   * a request meets one: the first filter that it meets counts.
   */
  @CheckReturnValue
  public ContextFilter withLimits(RequestLimits other) {
    return new ContextFilter(server, contexts, other, interrupting);
  }

  /**
   * The context of a request that runs behind a {@code ContextFilter}, also on threads where it is
   * not bound; null without the filter. It cannot be cast to a {@link CancellableContext}.
   */
  public static @Nullable Context contextOf(ServletRequest request) {
    Exchange exchange = exchangeOf(request);
    if (exchange == null) {
      return null;
    }
    Object before = Ambient.bind(exchange.context());
    try {
      return Context.current(); // which cannot be cast to what cancels it
    } finally {
      Ambient.restore(before);
    }
  }

  static @Nullable Exchange exchangeOf(ServletRequest request) {
    return request.getAttribute(EXCHANGE) instanceof Exchange exchange ? exchange : null;
  }

  /** Passes a request on as it came if it is not HTTP. */
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse out) {
      filter(http, out, chain);
    } else {
      chain.doFilter(request, response);
    }
  }

  private void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Exchange running = exchangeOf(request);
    if (running != null && !running.isOver()) {
      running.dispatch(request, response, chain);
    } else if (request.getDispatcherType() == DispatcherType.ERROR) {
      begin(errorPage(request), new UnwatchedClient(), request, response, chain);
    } else {
      begin(open(request), watchOf(request), request, response, chain);
    }
  }

  private void begin(
      CancellableContext ctx,
      ClientWatch watch,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws IOException, ServletException {
    var exchange = new Exchange(ctx, limits, interrupting, watch, response);
    request.setAttribute(EXCHANGE, exchange);
    exchange.begin(request, chain);
  }

  private CancellableContext open(HttpServletRequest request) {
    return contexts.open(server, name(request), field -> MESSAGES.header(request, field));
  }

  /** The request's time may be up, and the server about to end: the page is its last word. */
  private CancellableContext errorPage(HttpServletRequest request) {
    return contexts
        .withHeaders(contexts.headers().withoutRemainingTime())
        .open(server.withoutCancel(), name(request), field -> MESSAGES.header(request, field));
  }

  private static ClientWatch watchOf(HttpServletRequest request) {
    if (request.getAttribute(ClientWatch.ATTRIBUTE) instanceof ClientWatch watch) {
      request.removeAttribute(ClientWatch.ATTRIBUTE); // it serves one exchange
      return watch;
    }
    UnwatchedClient.warn();
    return new UnwatchedClient();
  }

  private static String name(HttpServletRequest request) {
    return MESSAGES.method(request) + " " + MESSAGES.path(request);
  }
}
