package dev.belay.bench.server;

import dev.belay.Context;
import java.io.IOException;

/** A server whose requests wait until their context ends. Closing it stops the server. */
interface Host extends AutoCloseable {
  /** What is done for a request. */
  interface Work {
    void run(Context ctx) throws Exception;
  }

  /** Its port for HTTP/1.1 and HTTP/2 in the clear. */
  int port();

  /** Its port for both over TLS. */
  int tlsPort();

  @Override
  void close() throws IOException;
}
