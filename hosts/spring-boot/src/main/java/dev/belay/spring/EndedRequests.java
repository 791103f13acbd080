package dev.belay.spring;

import dev.belay.Context;
import dev.belay.http.server.FailureLog;
import dev.belay.http.server.FailureStatus;
import dev.belay.servlet.ContextFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers a handler's failure that {@link FailureStatus} has an answer of its own for, by {@code
 * sendError}, before Spring's own resolvers see it: in the exceptions of JDBC or of a body that
 * could not be read, they would find something else. Every other failure is theirs.
 */
final class EndedRequests implements HandlerExceptionResolver, Ordered {
  private static final System.Logger LOG = System.getLogger("dev.belay.spring");

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception failure) {
    Context limited = HandlerLimits.contextOf(request);
    Context ctx = limited == null ? ContextFilter.contextOf(request) : limited;
    int status = ctx == null ? 500 : FailureStatus.of(ctx, failure).orElse(0);
    if (ctx == null || status == 500 || response.isCommitted()) {
      return null; // a response that has begun is the filter's to cut off
    }
    FailureLog.write(LOG, ctx, status, failure);
    if (status != 0) {
      try {
        response.sendError(status, FailureStatus.text(status, failure));
      } catch (IOException e) {
        return null;
      }
    }
    return new ModelAndView();
  }
}
