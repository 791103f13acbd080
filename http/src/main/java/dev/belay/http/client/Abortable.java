package dev.belay.http.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An exchange whose headers are there, as its {@link ContextBody} sees it. */
interface Abortable {
  /** Ends the exchange, so that who reads its body fails. Any thread calls it, once or more. */
  void abort() throws IOException;

  /** Whether it was aborted before its headers arrived: then its body cannot be read. */
  boolean isCancelled();

  ExchangeAbortedException readingBody(long bytes, @Nullable Throwable failure);
}
