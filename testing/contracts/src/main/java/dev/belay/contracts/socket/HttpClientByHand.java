package dev.belay.contracts.socket;

import java.io.IOException;

/** One connection of a client that may leave in any way. */
public interface HttpClientByHand extends AutoCloseable {
  /** A request that was sent. */
  interface Pending {
    /**
     * Waits for the whole response.
     *
     * @throws IOException if the connection ends or the stream is reset before
     */
    Answer answer() throws IOException;
  }

  /**
   * Sends a GET.
   *
   * @param path the path, with a query if there is one
   * @param fields names and values, alternating
   */
  Pending get(String path, String... fields) throws IOException;

  /** Closes TCP, a FIN, without a word in the protocols above. */
  void cut() throws IOException;

  /** Resets TCP, a RST. */
  void reset() throws IOException;

  /** Closes in the order of the protocols; again does nothing. */
  @Override
  void close() throws IOException;
}
