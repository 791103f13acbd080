package dev.belay.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.belay.testkit.faults.FaultProxy;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between the shop and PostgreSQL, and cuts the next connection that commits a mail: after
 * the server has committed, before the shop hears of it.
 */
final class CutAtCommit implements AutoCloseable {
  private final FaultProxy proxy;
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean armed;

  CutAtCommit(int database) throws IOException {
    this.proxy = FaultProxy.to(database, Link::new);
  }

  int port() {
    return proxy.port();
  }

  void arm() {
    armed = true;
  }

  int cuts() {
    return cuts.get();
  }

  private final class Link implements FaultProxy.Filter {
    private boolean writesMail;
    private volatile boolean committing;

    @Override
    public boolean passToServer(byte[] bytes) {
      String sent = new String(bytes, ISO_8859_1);
      writesMail |= armed && sent.contains("insert into mail");
      if (writesMail && sent.contains("COMMIT")) {
        armed = false;
        committing = true;
      }
      return true;
    }

    @Override
    public boolean passToClient(byte[] bytes) {
      if (committing) {
        cuts.incrementAndGet(); // the server's answer: it has committed
      }
      return !committing;
    }
  }

  @Override
  public void close() throws IOException {
    proxy.close();
  }
}
