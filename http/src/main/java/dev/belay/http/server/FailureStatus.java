package dev.belay.http.server;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextEndedException;
import dev.belay.DeadlineExceededException;
import dev.belay.Ending;
import dev.belay.Status;
import dev.belay.http.GatewayTimeoutException;
import dev.belay.spi.Causes;
import java.util.OptionalInt;

/**
 * Which status answers a request whose handler has failed:
 *
 * <table>
 * <caption>Failures and their status</caption>
 * <tr><th>what happened</th><th>status</th></tr>
 * <tr><td>the client went away</td><td>none: an answer would not be read</td></tr>
 * <tr><td>{@link DeadlineExceededException}</td><td>504</td></tr>
 * <tr><td>{@link GatewayTimeoutException}: another server's 504</td><td>504</td></tr>
 * <tr><td>{@link ContextCancelledException} of a cancel, as at shutdown</td><td>503</td></tr>
 * <tr><td>{@link ContextCancelledException} of a close: a context was used after its owner had
 * closed it, a programming error</td><td>500</td></tr>
 * <tr><td>{@link BadRequestException}</td><td>400</td></tr>
 * <tr><td>anything else</td><td>500</td></tr>
 * </table>
 *
 * <p>The failure counts also as the cause of another one. {@link FailureLog} logs it.
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
    if (request.cause() instanceof ClientGoneException || endedByClient(real)) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(
        switch (real) {
          case DeadlineExceededException unused -> 504;
          case GatewayTimeoutException unused -> 504;
          case ContextCancelledException cancelled -> wasClosed(cancelled) ? 500 : 503;
          case BadRequestException unused -> 400;
          default -> 500;
        });
  }

  /**
   * The text for the client: the message of a {@link BadRequestException}; for every other failure
   * a fixed text for its status, because its message may disclose internals.
   *
   * @param status the status of {@code failure}
   */
  public static String text(int status, Throwable failure) {
    return switch (status) {
      case 400 ->
          unwrapped(failure) instanceof BadRequestException bad && bad.getMessage() != null
              ? bad.getMessage()
              : "this request cannot be understood";
      case 503 -> "the request was stopped; try again";
      case 504 -> "time was up before the request was done";
      default -> "something went wrong here";
    };
  }

  private static boolean wasClosed(ContextCancelledException failure) {
    Ending ending = failure.ending();
    return ending != null && ending.status() == Status.CLOSED;
  }

  private static boolean endedByClient(Throwable failure) {
    Ending ending = failure instanceof ContextEndedException ended ? ended.ending() : null;
    return ending != null && ending.cause() instanceof ClientGoneException;
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
        || failure instanceof BadRequestException
        || failure instanceof GatewayTimeoutException;
  }
}
