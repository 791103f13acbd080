package dev.belay.http.spi;

import dev.belay.http.ExchangeAbortedException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An exchange whose headers have arrived, as its {@link ContextBody} sees it. */
public interface Abortable {
  /**
   * Aborts the exchange, so that reading its body fails. Idempotent; called on any thread.
   *
   * @throws IOException if the connection is broken already
   */
  void abort() throws IOException;

  /** Whether it was aborted before its headers arrived: then its body cannot be read. */
  boolean isCancelled();

  /**
   * What a reader of the body gets.
   *
   * @param bytes how many bytes were read
   * @param failure how the client failed; null if it did not
   */
  ExchangeAbortedException readingBody(long bytes, @Nullable Throwable failure);
}
