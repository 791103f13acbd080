package dev.belay.http.server;

import dev.belay.CancellableContext;
import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.http.wire.RemainingTime;
import dev.belay.http.wire.RemainingTimeHeader;
import dev.belay.http.wire.WireHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the contexts of a server's requests. Two limits apply, and the shorter one counts: the
 * host's own, and the remaining time that the client has sent. So a client can shorten its
 * request's time, never lengthen it. Immutable.
 *
 * @param limit the host's own limit for a request; null for none
 * @param headers what is read of a request
 * @param also further headers with a remaining time, each of which may shorten it
 */
public record RequestContexts(
    @Nullable Duration limit, WireHeaders headers, List<RemainingTimeHeader> also) {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public RequestContexts {
    if (limit != null && limit.isNegative()) {
      throw new IllegalArgumentException(
          "limit is " + limit + ": a request has no less than no time; pass null for no limit");
    }
    Objects.requireNonNull(headers, "headers is null: pass WireHeaders.DEFAULT, or leave it out");
    Objects.requireNonNull(also, "also is null: leave it out for no further headers");
    also = List.copyOf(also);
  }

  /** Reads {@code headers}. */
  public RequestContexts(@Nullable Duration limit, WireHeaders headers) {
    this(limit, headers, List.of());
  }

  /** Reads {@link WireHeaders#DEFAULT}. */
  public RequestContexts(@Nullable Duration limit) {
    this(limit, WireHeaders.DEFAULT);
  }

  /** The same, reading other headers. */
  @CheckReturnValue
  public RequestContexts withHeaders(WireHeaders other) {
    return new RequestContexts(limit, other, also);
  }

  /** The same, also reading the remaining time of {@code header}, such as that of a proxy. */
  @CheckReturnValue
  public RequestContexts withAlso(RemainingTimeHeader header) {
    return new RequestContexts(
        limit, headers, Stream.concat(also.stream(), Stream.of(header)).toList());
  }

  /**
   * The context of one request. The host owns it: it closes it when the request is finished, and
   * cancels it with a {@link ClientGoneException} when the client goes away before that.
   *
   * @param server the context of the server, which ends at shutdown
   * @param name the request's name, for messages and the live tree: {@code POST /orders}
   * @param field gives the value of the request's header of a name, null if there is none; several
   *     fields of one name are one value, joined by commas. A remaining time that {@link
   *     RemainingTime#parse} refuses is ignored: the host's limit and the server's life still bound
   *     the request. So is a value that its codec refuses. With zero or less the context is born
   *     ended.
   */
  public CancellableContext open(
      Context server, String name, Function<String, @Nullable String> field) {
    Objects.requireNonNull(server, "server is null: pass the server's root");
    Context named = headers.readValues(server.withName(name), field);
    Duration shortest = limit;
    String whose = "the server's limit";
    for (RemainingTime sent : sent(field)) {
      if (sent instanceof RemainingTime.Known(Duration left)
          && (shortest == null || left.compareTo(shortest) < 0)) {
        shortest = left;
        whose = "the client's remaining time";
      }
    }
    return shortest == null ? named.withCancel() : limited(named, shortest, whose);
  }

  private List<RemainingTime> sent(Function<String, @Nullable String> field) {
    var sent = new ArrayList<RemainingTime>();
    sent.add(headers.readRemainingTime(field));
    for (RemainingTimeHeader each : also) {
      sent.add(RemainingTime.parse(field.apply(each.name())));
    }
    return sent;
  }

  private static CancellableContext limited(Context ctx, Duration limit, String whose) {
    return ctx.withTimeout(
        limit, () -> new HandlerDeadlineException("%s of %s has passed".formatted(whose, limit)));
  }
}
