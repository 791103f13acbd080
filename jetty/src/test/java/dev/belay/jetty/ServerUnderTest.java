package dev.belay.jetty;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** A running server of some host, for the scenarios. Whoever started it closes it. */
interface ServerUnderTest extends AutoCloseable {
  /** The port that speaks HTTP/1.1, and HTTP/2 with prior knowledge. */
  int port();

  /** The port that speaks HTTP/1.1 and HTTP/2 over TLS, chosen by ALPN. */
  int tlsPort();

  @Override
  void close();

  /** Starts a server of one host that runs {@code script} for each request. */
  interface Host {
    ServerUnderTest start(Settings settings, Script script) throws Exception;
  }

  /** What a request's handler does: it may block, and its response is finished when it returns. */
  interface Script {
    void run(Incoming request) throws Exception;
  }

  /** One request as its handler sees it. */
  interface Incoming {
    /** The path, without a query. */
    String path();

    /** All of the body. */
    byte[] readBody() throws IOException;

    /** Tells {@code onGone} when the client goes away. */
    void watch(Consumer<Throwable> onGone);

    /** Writes a part of the response; nothing follows the last. */
    void write(boolean last, byte[] part) throws IOException;
  }

  /** The settings that scenarios vary. */
  record Settings(boolean halfCloseIsGone, Duration idleTimeout, Duration headerTimeout) {
    static final Settings DEFAULT =
        new Settings(true, Duration.ofSeconds(30), Duration.ofSeconds(30));

    Settings halfCloseIsGone(boolean gone) {
      return new Settings(gone, idleTimeout, headerTimeout);
    }

    Settings idleTimeout(Duration timeout) {
      return new Settings(halfCloseIsGone, timeout, headerTimeout);
    }

    Settings headerTimeout(Duration timeout) {
      return new Settings(halfCloseIsGone, idleTimeout, timeout);
    }
  }
}
