package dev.belay.contracts.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of its own that opens many connections and keeps each of them busy with next to
 * nothing, a few bytes a second, until the server has closed them all. Arguments: the kind, the
 * port, and how many. It says when all are open and when all are closed.
 */
final class SlowClients {
  private static final long BETWEEN_BYTES_NANOS = 1_000_000_000;
  private static final int SMALL_BUFFER = 4096;

  /** What they are slow at. */
  enum Kind {
    /** A header that does not end. */
    HEADER("GET / HTTP/1.1\r\nX: x", "x", true),

    /** A body that does not end. */
    BODY("POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nb", "b", true),

    /** A response of which nothing is read, while the next request goes on. */
    READER("GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n", "G", false),

    /** A connection of HTTP/2 that sends a PING now and then, and opens no stream. */
    PING("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", "\0\0\10\6\0\0\0\0\0belay123", true);

    final String first;
    final String next;
    final boolean reads;

    Kind(String first, String next, boolean reads) {
      this.first = first;
      this.next = next;
      this.reads = reads;
    }
  }

  private final Selector selector = Selector.open();
  private final ByteBuffer read = ByteBuffer.allocate(SMALL_BUFFER);
  private final Kind kind;
  private int open;

  private SlowClients(Kind kind) throws IOException {
    this.kind = kind;
  }

  public static void main(String[] arguments) throws IOException {
    var clients = new SlowClients(Kind.valueOf(arguments[0]));
    int connections = Integer.parseInt(arguments[2]);
    clients.open(Integer.parseInt(arguments[1]), connections);
    System.out.println("open: " + connections);
    clients.sendUntilClosed();
    System.out.println("closed by the server: " + connections);
  }

  private void open(int port, int connections) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int i = 0; i < connections; i++) {
      SocketChannel channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER);
      channel.connect(address);
      channel.write(bytes(kind.first));
      channel.configureBlocking(false);
      channel.register(selector, kind.reads ? SelectionKey.OP_READ : 0);
      open++;
    }
  }

  private void sendUntilClosed() throws IOException {
    long next = System.nanoTime() + BETWEEN_BYTES_NANOS;
    while (open > 0) {
      while (open > 0 && System.nanoTime() < next) {
        selector.select(this::read, Math.max(1, (next - System.nanoTime()) / 1_000_000));
      }
      next = System.nanoTime() + BETWEEN_BYTES_NANOS;
      List<SelectionKey> keys = new ArrayList<>(selector.keys());
      for (SelectionKey key : keys) {
        send(key);
      }
    }
  }

  private void send(SelectionKey key) {
    try {
      if (key.isValid()) {
        ((SocketChannel) key.channel()).write(bytes(kind.next));
      }
    } catch (IOException e) {
      close(key);
    }
  }

  private static ByteBuffer bytes(String characters) {
    return ByteBuffer.wrap(characters.getBytes(ISO_8859_1));
  }

  private void read(SelectionKey key) {
    try {
      read.clear();
      if (((SocketChannel) key.channel()).read(read) < 0) {
        close(key);
      }
    } catch (IOException e) {
      close(key);
    }
  }

  private void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      // Closed is closed.
    }
    open--;
  }
}
