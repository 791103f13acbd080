package dev.belay.jdbc.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;

/** Counts what pgjdbc connects: one socket for each session, and one for each cancel. */
public final class SocketCounter extends SocketFactory {
  static final AtomicInteger OPENED = new AtomicInteger();

  /** For pgjdbc. */
  public SocketCounter() {}

  @Override
  public Socket createSocket() {
    OPENED.incrementAndGet();
    return new Socket();
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
}
