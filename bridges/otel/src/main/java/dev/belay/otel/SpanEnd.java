package dev.belay.otel;

import dev.belay.Context;
import dev.belay.Ending;
import dev.belay.Status;
import dev.belay.http.server.ClientGoneException;
import dev.belay.spi.Causes;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes into a span how its context ended. For one thread. */
final class SpanEnd {
  private static final AttributeKey<String> END = AttributeKey.stringKey("belay.end");
  private static final AttributeKey<String> ENDED_BY = AttributeKey.stringKey("belay.ended_by");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("belay.reason");
  private static final AttributeKey<Double> USED = AttributeKey.doubleKey("belay.deadline.used");

  private final Span span;
  private final Context ctx;
  private final long began = System.nanoTime();
  private final long left;

  /** Of a span that begins now. */
  SpanEnd(Span span, Context ctx) {
    this.span = span;
    this.ctx = ctx;
    this.left = ctx.remainingNanos();
  }

  /** Lets {@code more} write into the span; what it throws must not be the body's failure. */
  void write(Consumer<Span> more) {
    try {
      more.accept(span);
    } catch (Throwable e) { // also what an exception throws that is asked for its text
      ContextEvents.report(new ContextEvent.Uncaught(ctx, "tracer", e));
    }
  }

  /**
   * Ends the span.
   *
   * @param failure what the body threw; null if it returned
   */
  void end(@Nullable Throwable failure) {
    describe(failure);
    write(Span::end);
  }

  /** The same for a span that is ended by its owner. */
  void describe(@Nullable Throwable failure) {
    write(
        written -> {
          if (written.isRecording()) {
            share();
            ending(failure);
          }
        });
  }

  private void share() {
    if (left != Long.MAX_VALUE) {
      span.setAttribute(USED, (System.nanoTime() - began) / (double) Math.max(1, left));
    }
  }

  private void ending(@Nullable Throwable failure) {
    Ending ending = ctx.ending();
    if (ending != null) {
      span.setAttribute(END, word(ending));
      span.setAttribute(ENDED_BY, ending.path());
      span.setAttribute(REASON, ending.message());
    }
    if (failure == null) {
      return;
    }
    if (ending == null) {
      span.recordException(failure);
      span.setStatus(StatusCode.ERROR, failure.getClass().getName());
    } else if (ending.status() == Status.DEADLINE_EXCEEDED) {
      span.setStatus(StatusCode.ERROR, ending.message());
    }
  }

  static boolean isClientGone(Context ctx) {
    return Causes.first(ctx.cause(), ClientGoneException.class::isInstance) != null;
  }

  private String word(Ending ending) {
    return switch (ending.status()) {
      case DEADLINE_EXCEEDED -> "deadline";
      case CLOSED -> "closed";
      default -> isClientGone(ctx) ? "client_gone" : "cancelled";
    };
  }
}
