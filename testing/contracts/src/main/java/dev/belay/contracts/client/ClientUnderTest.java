package dev.belay.contracts.client;

import dev.belay.Context;
import java.io.IOException;

/** A client under contexts. The contract that has opened it closes it. */
public interface ClientUnderTest extends AutoCloseable {
  /**
   * Sends a request and returns when the header of the response has arrived.
   *
   * @param ctx ends the exchange, until the body was read to its end or closed
   * @throws dev.belay.ContextEndedException if {@code ctx} has ended, or ends before
   * @throws Exception if the exchange fails otherwise
   */
  ClientResponse open(Context ctx, ClientRequest request) throws Exception;

  /** Ends the connections and threads of the client. */
  @Override
  void close() throws IOException;
}
