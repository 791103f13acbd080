package dev.belay.http.server.middleware;

import dev.belay.ContextKey;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.HttpMessages;
import dev.belay.http.wire.Trace;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request an id: the client's {@code X-Request-ID} if it is one, otherwise a new one. It
 * is a value of the request's context, is printed in messages, travels on, and is answered back;
 * with it, as {@code X-Trace-ID}, the id of the request's {@link Trace} if it has one.
 */
public final class RequestId {
  /** The header. */
  public static final String HEADER = "X-Request-ID";

  /** The id of the request that runs under a context. */
  public static final ContextKey<String> KEY =
      ContextKey.named("request id", String.class).loggable(id -> id).travelling(new Codec());

  private static final Pattern FORM = Pattern.compile("[0-9A-Za-z._~-]{1,64}");

  private RequestId() {}

  /** {@code next}, with an id for each request. */
  public static <Q, S> Endpoint<Q, S> around(HttpMessages<Q, S> messages, Endpoint<Q, S> next) {
    return (ctx, request, response) -> {
      String id = id(messages.header(request, HEADER));
      messages.setHeader(response, HEADER, id);
      Trace trace = ctx.get(Trace.KEY);
      if (trace != null) {
        messages.setHeader(response, "X-Trace-ID", trace.traceId());
      }
      Bound.handle(next, ctx.withValue(KEY, id), request, response);
    };
  }

  private static String id(@Nullable String sent) {
    return sent != null && FORM.matcher(sent).matches() ? sent : next();
  }

  /** A new id, random: 16 hexadecimal digits. */
  static String next() {
    return "%016x".formatted(ThreadLocalRandom.current().nextLong());
  }

  private static final class Codec implements ContextKey.Codec<String> {
    @Override
    public String encode(String id) {
      return id;
    }

    @Override
    public String decode(String text) {
      if (!FORM.matcher(text).matches()) {
        throw new IllegalArgumentException("not a request id");
      }
      return text;
    }
  }
}
