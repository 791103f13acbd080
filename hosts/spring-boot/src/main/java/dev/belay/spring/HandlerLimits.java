package dev.belay.spring;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.spi.Ambient;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.AsyncHandlerInterceptor;

/**
 * Runs a handler that has a {@link TimeLimit} under a child of its request's context, until the
 * response is complete: over all dispatches of an asynchronous request, and bound only while one of
 * them runs.
 */
final class HandlerLimits implements AsyncHandlerInterceptor {
  private static final String LIMITED = HandlerLimits.class.getName() + ".limited";

  /** What a handler runs under; below it that of a handler which has forwarded to this one. */
  private record Limited(
      HandlerMethod handler,
      CancellableContext ctx,
      @Nullable Object token,
      @Nullable Limited below) {
    Limited bound() {
      return new Limited(handler, ctx, Ambient.bind(ctx), below);
    }
  }

  private final TimeLimits limits;

  HandlerLimits(TimeLimits limits) {
    this.limits = limits;
  }

  /** The context of the handler that runs, if it has a limit of its own. */
  static @Nullable Context contextOf(HttpServletRequest request) {
    Limited limited = limitedOf(request);
    return limited == null ? null : limited.ctx();
  }

  private static @Nullable Limited limitedOf(HttpServletRequest request) {
    return (Limited) request.getAttribute(LIMITED);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method) {
      Limited running = limitedOf(request);
      Duration limit = limits.of(method.getMethod());
      if (running != null && isAsync(request) && running.handler().equals(method)) {
        request.setAttribute(LIMITED, running.bound());
      } else if (limit != null) {
        CancellableContext ctx =
            Context.current().withName(TimeLimits.nameOf(method.getMethod())).withTimeout(limit);
        request.setAttribute(LIMITED, new Limited(method, ctx, null, running).bound());
      }
    }
    return true;
  }

  private static boolean isAsync(HttpServletRequest request) {
    return request.getDispatcherType() == DispatcherType.ASYNC;
  }

  /** The handler's thread goes on to something else; the request does not end. */
  @Override
  public void afterConcurrentHandlingStarted(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    Limited running = limitedOf(request);
    if (running != null && running.handler().equals(handler)) {
      Ambient.restore(running.token());
    }
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception failure) {
    Limited running = limitedOf(request);
    if (running != null && running.handler().equals(handler)) {
      Ambient.restore(running.token());
      running.ctx().close();
      request.setAttribute(LIMITED, running.below());
    }
  }
}
