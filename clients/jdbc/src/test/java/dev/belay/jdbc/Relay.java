package dev.belay.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a driver and its server on the loopback interface. What passes is up to the
 * subclass. Closing it closes every connection and waits for its threads.
 */
abstract class Relay implements AutoCloseable {
  private final ServerSocket listener =
      new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  final TestDatabase.Server database;

  Relay(TestDatabase.Server database) throws IOException {
    this.database = database;
  }

  /** Passes on what the driver sends, until either side has gone. */
  abstract void ask(Socket client, Socket server) throws IOException;

  /** Passes on what the server sends, until either side has gone. */
  abstract void answer(Socket server, Socket client) throws IOException;

  /** Called after both sides of a connection have gone. */
  void served(Socket client) {}

  final String jdbcUrl() {
    return database.jdbcUrl(listener.getLocalPort());
  }

  final boolean isClosed() {
    return listener.isClosed();
  }

  /** Starts accepting connections; a subclass calls it when it is complete. */
  final void start() {
    start(this::accept);
  }

  final void copy(Socket from, Socket to, Runnable beforeWrite) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    var buffer = new byte[8192];
    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
      beforeWrite.run();
      out.write(buffer, 0, length);
    }
    to.shutdownOutput();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = opened(listener.accept());
      start(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException, InterruptedException {
    try (client;
        var server = opened(new Socket(listener.getInetAddress(), database.port()))) {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread answers = start(() -> answer(server, client));
      ask(client, server);
      answers.join();
    } finally {
      sockets.remove(client);
      served(client);
    }
  }

  /** Either {@link #close} sees the socket in the set, or this sees that the relay is closed. */
  private Socket opened(Socket socket) throws IOException {
    sockets.add(socket);
    if (isClosed()) {
      socket.close();
    }
    return socket;
  }

  private Thread start(Work work) {
    Thread thread =
        Thread.ofVirtual()
            .name("relay")
            .unstarted(
                () -> {
                  try {
                    work.run();
                  } catch (IOException | InterruptedException e) {
                    // One of the two has gone, or the test is over.
                  } finally {
                    threads.remove(Thread.currentThread());
                  }
                });
    threads.add(thread);
    thread.start();
    return thread;
  }

  @Override
  public final void close() throws IOException, InterruptedException {
    listener.close();
    while (!threads.isEmpty()) {
      for (Socket socket : sockets) {
        socket.close();
      }
      for (Thread thread : threads) {
        if (thread.join(Duration.ofMillis(10))) {
          threads.remove(thread);
        }
      }
    }
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }
}
