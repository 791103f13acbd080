package dev.belay.grpc;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.DeadlineExceededException;
import dev.belay.http.server.FailureStatus;
import dev.belay.spi.Causes;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** What failures are in gRPC's words, by {@link FailureStatus}. */
final class CallStatus {
  private static final int LONGEST = 1000;

  private CallStatus() {}

  /** The HTTP status of a failure, 0 for none, and gRPC's; null where gRPC has its own answer. */
  record Answer(int http, Status status) {}

  /**
   * The answer to a call whose handler has failed.
   *
   * @param telling whether the description says what has happened here
   * @return null if it is a failure like any other
   */
  static @Nullable Answer of(Context call, Throwable failure, boolean telling) {
    int http = FailureStatus.of(call, failure).orElse(0);
    if (http == 500 && isDeadline(failure)) {
      http = 504;
    }
    Status status =
        switch (http) {
          case 0 -> Status.CANCELLED;
          case 400 -> Status.INVALID_ARGUMENT;
          case 408, 504 -> Status.DEADLINE_EXCEEDED;
          case 413 -> Status.RESOURCE_EXHAUSTED;
          case 503 -> Status.UNAVAILABLE;
          default -> null;
        };
    if (status == null) {
      return null;
    }
    String text = telling ? story(failure) : FailureStatus.text(http, failure);
    return new Answer(http, status.withDescription(text).withCause(failure));
  }

  /** Another server's deadline, as HTTP's 504. */
  private static boolean isDeadline(Throwable failure) {
    return Status.fromThrowable(failure).getCode() == Status.Code.DEADLINE_EXCEEDED;
  }

  private static String story(Throwable failure) {
    Throwable ended = Causes.first(failure, ContextEndedException.class::isInstance);
    String text = String.valueOf((ended == null ? failure : ended).getMessage());
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  /** What a call that was ended with its context is closed with, where it was made. */
  static Status of(ContextEndedException ended) {
    Status status =
        ended instanceof DeadlineExceededException ? Status.DEADLINE_EXCEEDED : Status.CANCELLED;
    return status.withDescription(ended.getMessage()).withCause(ended);
  }

  /** Null while {@code ctx} is active. */
  static @Nullable ContextEndedException ended(Context ctx) {
    if (!ctx.isDone()) {
      return null;
    }
    try {
      ctx.throwIfDone();
      return null;
    } catch (ContextEndedException e) {
      return e;
    }
  }
}
