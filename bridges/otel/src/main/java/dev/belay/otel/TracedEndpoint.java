package dev.belay.otel;

import dev.belay.Context;
import dev.belay.Registration;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.HttpMessages;
import dev.belay.spi.Ambient;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers each request in a span. The attributes are those of OpenTelemetry's conventions for HTTP.
 *
 * @param <Q> the host's request
 * @param <S> the host's response
 */
record TracedEndpoint<Q, S>(Spans spans, HttpMessages<Q, S> messages, Endpoint<Q, S> next)
    implements Endpoint<Q, S> {
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");

  /** Others are as many as clients like. */
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  @Override
  public void handle(Context ctx, Q request, S response) throws Exception {
    var current = io.opentelemetry.context.Context.current();
    if (Spans.isSpan(current)) {
      describe(Span.fromContext(current), Spans.under(ctx, current), request, response);
      return;
    }
    String sent = messages.method(request);
    boolean known = METHODS.contains(sent);
    spans.<@Nullable Void, Exception>call(
        ctx,
        known ? sent : "HTTP",
        builder -> begin(builder, known ? sent : "_OTHER", messages.path(request)),
        span -> finish(span, ctx, messages.status(response)),
        c -> {
          answer(c, request, response);
          return null;
        });
  }

  /** Bound without a look at its end: what is around the endpoint answers for that, too. */
  private void answer(Context ctx, Q request, S response) throws Exception {
    Object before = Ambient.bind(ctx);
    try {
      next.handle(ctx, request, response);
    } finally {
      Ambient.restore(before);
    }
  }

  private static void begin(SpanBuilder builder, String method, String path) {
    builder.setSpanKind(SpanKind.SERVER).setAttribute(METHOD, method).setAttribute(PATH, path);
  }

  private static void finish(Span span, Context ctx, int status) {
    span.setAttribute(STATUS, (long) status);
    if (status >= 500 && !SpanEnd.isClientGone(ctx)) {
      span.setStatus(StatusCode.ERROR);
    }
  }

  /**
   * An agent counts a client that has gone as an error of the server. Its span ends when the server
   * sees that the client has gone, which may be before the endpoint returns; so the status is set
   * when the context ends.
   */
  private void describe(Span agents, Context ctx, Q request, S response) throws Exception {
    var end = new SpanEnd(agents, ctx);
    Registration told = ctx.onDone(() -> tell(end, ctx), Runnable::run);
    Throwable failure = null;
    try {
      answer(ctx, request, response);
    } catch (Throwable e) {
      failure = e;
      throw e;
    } finally {
      told.close();
      end.describe(failure);
    }
  }

  private static void tell(SpanEnd end, Context ctx) {
    end.describe(null);
    if (SpanEnd.isClientGone(ctx)) {
      end.write(span -> span.setStatus(StatusCode.OK)); // no later status counts
    }
  }
}
