package dev.belay.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between the shop and PostgreSQL, and cuts the next connection that commits a mail: after
 * the server has committed, before the shop hears of it.
 */
final class CutAtCommit implements AutoCloseable {
  private final ServerSocket server;
  private final int database;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean armed;

  CutAtCommit(int database) throws IOException {
    this.database = database;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.acceptor = Thread.ofVirtual().name("cut-at-commit").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  void arm() {
    armed = true;
  }

  int cuts() {
    return cuts.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        var link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), database));
        Thread.ofVirtual().name("to-database").start(link::toDatabase);
        Thread.ofVirtual().name("to-shop").start(link::toShop);
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private final class Link {
    private final Socket shop;
    private final Socket database;
    private boolean writesMail;
    private volatile boolean committing;

    Link(Socket shop, Socket database) {
      this.shop = shop;
      this.database = database;
      open.add(shop);
      open.add(database);
    }

    void toDatabase() {
      pass(shop, database);
    }

    void toShop() {
      pass(database, shop);
    }

    private void pass(Socket from, Socket to) {
      byte[] buffer = new byte[8192];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (from.equals(shop)) {
            look(new String(buffer, 0, count, ISO_8859_1));
          } else if (committing) {
            cuts.incrementAndGet();
            return; // the server's answer: it has committed
          }
          out.write(buffer, 0, count);
        }
      } catch (IOException e) {
        // The one or the other side has closed: the link is over.
      }
    }

    private void look(String sent) {
      writesMail |= armed && sent.contains("insert into mail");
      if (writesMail && sent.contains("COMMIT")) {
        armed = false;
        committing = true;
      }
    }
  }

  @Override
  public void close() throws Exception {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
    acceptor.join();
  }
}
