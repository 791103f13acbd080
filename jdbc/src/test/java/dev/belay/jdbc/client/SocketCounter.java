package dev.belay.jdbc.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;

/** Counts what pgjdbc connects: one socket for each session, and one for each cancel. */
public final class SocketCounter extends SocketFactory {
  static final AtomicInteger OPENED = new AtomicInteger();

  /** Those closed after so long that a cancel which took as long counts as in doubt. */
  static final AtomicInteger LONG_LIVED = new AtomicInteger();

  /** For pgjdbc. */
  public SocketCounter() {}

  @Override
  public Socket createSocket() {
    OPENED.incrementAndGet();
    return new Timed();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw new IOException("not asked for");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    throw new IOException("not asked for");
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw new IOException("not asked for");
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    throw new IOException("not asked for");
  }

  private static final class Timed extends Socket {
    private final long opened = System.nanoTime();
    private final AtomicBoolean closed = new AtomicBoolean();

    @Override
    public void close() throws IOException {
      if (closed.compareAndSet(false, true)
          && System.nanoTime() - opened >= StatementCanceller.SURE_NANOS) {
        LONG_LIVED.incrementAndGet();
      }
      super.close();
    }
  }
}
