package dev.belay.contracts.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What both sides of an HTTP/2 connection do alike: they write frames, answer SETTINGS and PING,
 * and keep to the other's flow control. One thread reads; any thread writes.
 */
final class Http2Link {
  static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);

  static final int NO_ERROR = 0;
  static final int INTERNAL_ERROR = 2;
  static final int CANCEL = 8;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;

  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 32;

  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int MOST_DATA = 16_384;

  /** What the other side does. Called by the reading thread; must not wait for the other side. */
  interface Peer {
    void headers(int stream, Map<String, String> fields, boolean last) throws IOException;

    void data(int stream, byte[] bytes, boolean last) throws IOException;

    void reset(int stream, int code);

    default void pong() {}

    default void goAway(int code, String debugData) {}
  }

  private final DataInputStream in;
  private final DataOutputStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private final SendWindows windows = new SendWindows();
  private final Hpack fieldsRead = new Hpack();

  Http2Link(Socket socket) throws IOException {
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 2 * MOST_DATA));
  }

  // ---- writing

  /** Writes several frames as one piece. */
  void write(Frames frames) throws IOException {
    writing.lock();
    try {
      frames.write();
      if (writing.getHoldCount() == 1) {
        out.flush();
      }
    } finally {
      writing.unlock();
    }
  }

  /** Calls methods that write a frame each. */
  interface Frames {
    void write() throws IOException;
  }

  void preface() throws IOException {
    write(() -> out.write(PREFACE));
  }

  void settings() throws IOException {
    frame(SETTINGS, 0, 0);
  }

  /** Sends none on a stream that has been reset: a client may end a connection that has many. */
  void headers(int stream, boolean last, List<String> fields) throws IOException {
    windows.requireOpen(stream);
    frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, Hpack.encode(fields));
  }

  /** Sends as the other side's windows allow, and waits while they do not. */
  void data(int stream, byte[] bytes, boolean last) throws IOException, InterruptedException {
    int sent = 0;
    do {
      int length = windows.take(stream, Math.min(bytes.length - sent, MOST_DATA));
      int end = sent + length;
      boolean lastFrame = last && end == bytes.length;
      frame(DATA, lastFrame ? END_STREAM : 0, stream, Arrays.copyOfRange(bytes, sent, end));
      sent = end;
    } while (sent < bytes.length);
  }

  void reset(int stream, int code) throws IOException {
    windows.close(stream);
    frame(RST_STREAM, 0, stream, number(code));
  }

  void ping() throws IOException {
    frame(PING, 0, 0, new byte[8]);
  }

  void goAway(int lastStream) throws IOException {
    frame(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStream).putInt(NO_ERROR).array());
  }

  /** Lets the other side send {@code count} bytes more; stream 0 is the connection. */
  void credit(int stream, int count) throws IOException {
    if (count > 0) {
      frame(WINDOW_UPDATE, 0, stream, number(count));
    }
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private void frame(int type, int flags, int stream, byte... payload) throws IOException {
    write(
        () -> {
          out.writeInt((payload.length << 8) | type);
          out.writeByte(flags);
          out.writeInt(stream);
          out.write(payload);
        });
  }

  // ---- reading

  /**
   * Reads what the other side sends, until the connection ends.
   *
   * @throws IOException if it ends other than by a FIN between two frames, or makes no sense
   */
  void read(Peer peer) throws IOException {
    try {
      for (int head = in.read(); head >= 0; head = in.read()) {
        int length = (head << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & Integer.MAX_VALUE;
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
          throw new EOFException("HTTP/2: a frame is cut off");
        }
        received(peer, type, flags, stream, payload);
      }
    } finally {
      windows.closeAll();
    }
  }

  void readPreface() throws IOException {
    if (!Arrays.equals(in.readNBytes(PREFACE.length), PREFACE)) {
      throw new IOException("HTTP/2: no preface");
    }
  }

  private void received(Peer peer, int type, int flags, int stream, byte[] payload)
      throws IOException {
    boolean last = (flags & END_STREAM) != 0;
    switch (type) {
      case DATA -> peer.data(stream, content(flags, payload), last);
      case HEADERS -> peer.headers(stream, fieldsRead.decode(block(flags, payload)), last);
      case RST_STREAM -> {
        windows.close(stream);
        peer.reset(stream, ByteBuffer.wrap(payload).getInt());
      }
      case SETTINGS -> settings(flags, ByteBuffer.wrap(payload));
      case PING -> {
        if ((flags & ACK) == 0) {
          frame(PING, ACK, 0, payload);
        } else {
          peer.pong();
        }
      }
      case GOAWAY -> goneAway(peer, ByteBuffer.wrap(payload));
      case WINDOW_UPDATE -> windows.grow(stream, ByteBuffer.wrap(payload).getInt());
      default -> {} // PRIORITY, and what later versions add
    }
  }

  private static void goneAway(Peer peer, ByteBuffer payload) {
    payload.getInt(); // the last stream
    peer.goAway(payload.getInt(), ISO_8859_1.decode(payload).toString());
  }

  private void settings(int flags, ByteBuffer payload) throws IOException {
    if ((flags & ACK) != 0) {
      return;
    }
    while (payload.remaining() >= 6) {
      int name = payload.getShort();
      int value = payload.getInt();
      if (name == INITIAL_WINDOW_SIZE) {
        windows.initial(value);
      }
    }
    frame(SETTINGS, ACK, 0);
  }

  /** A block of fields, with the CONTINUATION frames that follow. */
  private byte[] block(int flags, byte[] payload) throws IOException {
    byte[] block = content(flags, payload);
    boolean complete = (flags & END_HEADERS) != 0;
    while (!complete) {
      int head = in.readInt();
      if ((head & 255) != CONTINUATION) {
        throw new IOException("HTTP/2: a block of fields is cut off");
      }
      complete = (in.readUnsignedByte() & END_HEADERS) != 0;
      in.readInt();
      byte[] more = in.readNBytes(head >>> 8);
      int length = block.length;
      block = Arrays.copyOf(block, length + more.length);
      System.arraycopy(more, 0, block, length, more.length);
    }
    return block;
  }

  /** Without padding and priority. */
  private static byte[] content(int flags, byte[] payload) {
    boolean padded = (flags & PADDED) != 0;
    int start = (padded ? 1 : 0) + ((flags & PRIORITY) != 0 ? 5 : 0);
    int padding = padded ? payload[0] & 255 : 0;
    return Arrays.copyOfRange(payload, start, payload.length - padding);
  }
}
