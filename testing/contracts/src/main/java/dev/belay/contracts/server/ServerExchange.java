package dev.belay.contracts.server;

import java.io.IOException;

/** One request and its response, as a {@link ServerScript} sees it. Blocks. */
public interface ServerExchange {
  /** The request's path, without a query. */
  String path();

  /**
   * Reads all of the request's body.
   *
   * @throws IOException if it does not come whole
   */
  byte[] readBody() throws IOException;

  /**
   * Writes a part of the response, which has status 200, and sends it.
   *
   * @param last whether nothing follows
   * @throws IOException if it cannot be sent
   */
  void write(boolean last, byte[] part) throws IOException;
}
