package dev.belay.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands between a driver and its server, and can go silent: it then keeps its connections, and
 * accepts new ones, but passes nothing on.
 */
final class SilentProxy implements AutoCloseable {
  private final ServerSocket listener =
      new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final TestDatabase.Server database;
  private volatile boolean silent;

  SilentProxy(TestDatabase.Server database) throws IOException {
    this.database = database;
    Thread.ofVirtual().start(this::accept);
  }

  String jdbcUrl() {
    return database.jdbcUrl(listener.getLocalPort());
  }

  void goSilent() {
    silent = true;
  }

  void speak() {
    silent = false;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket client) {
    try (client;
        var server = new Socket(listener.getInetAddress(), database.port())) {
      sockets.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread answers = Thread.ofVirtual().start(() -> pass(server, client));
      pass(client, server);
      answers.join();
    } catch (IOException | InterruptedException e) {
      // One of the two has gone; the other follows.
    } finally {
      sockets.remove(client);
    }
  }

  private void pass(Socket from, Socket to) {
    var buffer = new byte[8192];
    try {
      var in = from.getInputStream();
      var out = to.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        while (silent && !listener.isClosed()) {
          LockSupport.parkNanos(1_000_000);
        }
        out.write(buffer, 0, length);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // As above.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
