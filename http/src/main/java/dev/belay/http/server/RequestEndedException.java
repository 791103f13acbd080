package dev.belay.http.server;

import org.jspecify.annotations.Nullable;

/**
 * Why a server ended a request before its work was done. A cause to end the request's context with;
 * {@link FailureStatus} says what each is answered with. It has no stack: it is no failure of the
 * code that runs, and busy servers make many.
 */
public abstract sealed class RequestEndedException extends Exception
    permits ClientGoneException,
        HeaderTimeoutException,
        BodyTimeoutException,
        HandlerDeadlineException,
        WriteTimeoutException,
        OverloadException {
  private static final long serialVersionUID = 1L;

  RequestEndedException(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
  }
}
