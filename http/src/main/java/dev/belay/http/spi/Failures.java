package dev.belay.http.spi;

import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** What a future failed with, as blocking code throws it. */
public final class Failures {
  private Failures() {}

  /** The cause if it is an {@link IOException}; an unchecked one is thrown at once. */
  public static IOException cause(ExecutionException failed) {
    return switch (failed.getCause()) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> new IOException(failed);
    };
  }
}
