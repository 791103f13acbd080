package dev.belay.http.server;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextEndedException;
import dev.belay.DeadlineExceededException;
import dev.belay.Status;
import dev.belay.http.GatewayTimeoutException;
import dev.belay.lifecycle.ShutdownException;
import dev.belay.spi.Causes;
import java.util.OptionalInt;

/**
 * Which status answers a request whose handler has failed:
 *
 * <table>
 * <caption>Failures and their status</caption>
 * <tr><th>what happened</th><th>status</th></tr>
 * <tr><td>{@link ClientGoneException}, {@link WriteTimeoutException}</td><td>none: an answer
 * would not be read</td></tr>
 * <tr><td>{@link BodyTimeoutException}, {@link HeaderTimeoutException}</td><td>408</td></tr>
 * <tr><td>{@link DeadlineExceededException}, {@link HandlerDeadlineException}</td><td>504</td></tr>
 * <tr><td>{@link GatewayTimeoutException}: another server's 504</td><td>504</td></tr>
 * <tr><td>{@link OverloadException}, {@link ShutdownException}</td><td>503</td></tr>
 * <tr><td>{@link ContextCancelledException} of another cancel</td><td>503</td></tr>
 * <tr><td>{@link ContextCancelledException} of a close: a context was used after its owner had
 * closed it, a programming error</td><td>500</td></tr>
 * <tr><td>{@link BadRequestException}</td><td>400</td></tr>
 * <tr><td>{@link UnauthenticatedException}</td><td>401</td></tr>
 * <tr><td>{@link BodyTooLargeException}</td><td>413</td></tr>
 * <tr><td>anything else</td><td>500</td></tr>
 * </table>
 *
 * <p>What ended the context counts, whatever failed meanwhile, if the client is to blame for it.
 * Otherwise the failure counts, also as the cause of another one. {@link FailureLog} logs it.
 */
public final class FailureStatus {
  private FailureStatus() {}

  /**
   * The status for {@code failure}, thrown by the handler of a request.
   *
   * @param request the request's context
   * @return the status; empty if nothing is to be answered, nor logged as an error
   */
  public static OptionalInt of(Context request, Throwable failure) {
    Throwable real = unwrapped(failure);
    return switch (reason(request, real)) {
      case ClientGoneException unused -> OptionalInt.empty();
      case WriteTimeoutException unused -> OptionalInt.empty();
      case HeaderTimeoutException unused -> OptionalInt.of(408);
      case BodyTimeoutException unused -> OptionalInt.of(408);
      case HandlerDeadlineException unused -> OptionalInt.of(504);
      case OverloadException unused -> OptionalInt.of(503);
      case ShutdownException unused -> OptionalInt.of(503);
      default -> OptionalInt.of(status(real));
    };
  }

  /** What decides: the client's own fault, else what ended the context of the failure, else it. */
  static Throwable reason(Context request, Throwable failure) {
    Throwable cause = request.cause();
    if (cause instanceof ClientGoneException
        || cause instanceof BodyTimeoutException
        || cause instanceof WriteTimeoutException) {
      return cause;
    }
    return failure instanceof ContextEndedException ended ? ended.ending().cause() : failure;
  }

  private static int status(Throwable failure) {
    return switch (failure) {
      case DeadlineExceededException unused -> 504;
      case GatewayTimeoutException unused -> 504;
      case ContextCancelledException cancelled ->
          cancelled.ending().status() == Status.CLOSED ? 500 : 503;
      case BadRequestException unused -> 400;
      case UnauthenticatedException unused -> 401;
      case BodyTooLargeException unused -> 413;
      default -> 500;
    };
  }

  /**
   * The text for the client: the message of a {@link BadRequestException} or a {@link
   * BodyTooLargeException}; for every other failure a fixed text for its status, because its
   * message may disclose internals.
   *
   * @param status the status of {@code failure}
   */
  public static String text(int status, Throwable failure) {
    return switch (status) {
      case 400 ->
          unwrapped(failure) instanceof BadRequestException bad && bad.getMessage() != null
              ? bad.getMessage()
              : "this request cannot be understood";
      case 413 ->
          unwrapped(failure) instanceof BodyTooLargeException large
              ? String.valueOf(large.getMessage())
              : "the body is too long";
      case 401 -> "it is not known who asks";
      case 408 -> "the request did not come in time";
      case 503 -> "the request was stopped; try again";
      case 504 -> "time was up before the request was done";
      default -> "something went wrong here";
    };
  }

  /**
   * The failure in the chain of causes that has a status of its own: interfaces that are older than
   * contexts wrap it, JDBC's in an SQLException. Otherwise the failure itself.
   */
  static Throwable unwrapped(Throwable failure) {
    Throwable own = Causes.first(failure, FailureStatus::hasStatus);
    return own == null ? failure : own;
  }

  private static boolean hasStatus(Throwable failure) {
    return failure instanceof ContextEndedException
        || failure instanceof RequestEndedException
        || failure instanceof ShutdownException
        || failure instanceof BadRequestException
        || failure instanceof UnauthenticatedException
        || failure instanceof BodyTooLargeException
        || failure instanceof GatewayTimeoutException;
  }
}
