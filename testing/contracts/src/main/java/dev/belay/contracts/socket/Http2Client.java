package dev.belay.contracts.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.belay.testkit.faults.Gauge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * A client that writes and reads HTTP/2 by hand, so that it can misbehave at will. It waits at most
 * a minute for the server. One thread uses it; another one, its own, reads.
 */
public final class Http2Client implements HttpClientByHand {
  private final Connections connection;
  private final String scheme;
  private final Http2Link link;
  private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
  private final Gauge pongs = new Gauge("answers to PING");
  private int pings;
  private int nextStream = 1;
  private volatile boolean ended;
  private volatile String farewell = "";

  private Http2Client(Connections connection, String scheme) throws IOException {
    this.connection = connection;
    this.scheme = scheme;
    link = new Http2Link(connection.socket());
    connection.tcp().setSoTimeout(0); // an open connection may be silent
    link.preface();
    link.settings();
    Thread.ofVirtual().name("http2-client").start(this::read);
  }

  /** Connects to a port of this machine and speaks HTTP/2 at once (prior knowledge). */
  public static Http2Client plain(int port) throws IOException {
    return new Http2Client(Connections.plain(port), "http");
  }

  /** Connects over TLS to a port of this machine, asking for HTTP/2 by ALPN. */
  public static Http2Client tls(int port, SSLContext trust) throws IOException {
    return new Http2Client(Connections.tls(port, trust, "h2"), "https");
  }

  // ---- what it sends

  @Override
  public Stream get(String path, String... fields) throws IOException {
    return open("GET", path, true, fields);
  }

  /** Sends a GET, and never gives the server credit to send more than 65,535 bytes of an answer. */
  public Stream getUnread(String path) throws IOException {
    Stream stream = stream();
    stream.credits = false;
    headers(stream, "GET", path, true);
    return stream;
  }

  /** Sends a GET and the reset of its stream in one piece. */
  public Stream getAndReset(String path) throws IOException {
    Stream stream = stream();
    link.write(
        () -> {
          headers(stream, "GET", path, true);
          stream.reset();
        });
    return stream;
  }

  /** Sends a POST's header; its body is yet to come. */
  public Stream postHeader(String path) throws IOException {
    return open("POST", path, false);
  }

  private Stream open(String method, String path, boolean last, String... fields)
      throws IOException {
    Stream stream = stream();
    headers(stream, method, path, last, fields);
    return stream;
  }

  private Stream stream() {
    var stream = new Stream(nextStream);
    nextStream += 2;
    streams.put(stream.id, stream);
    return stream;
  }

  private void headers(Stream stream, String method, String path, boolean last, String... fields)
      throws IOException {
    List<String> all = new ArrayList<>();
    all.addAll(List.of(":method", method, ":scheme", scheme));
    all.addAll(List.of(":authority", "localhost", ":path", path));
    for (int i = 0; i < fields.length; i += 2) {
      all.add(fields[i].toLowerCase(Locale.ROOT));
      all.add(fields[i + 1]);
    }
    link.headers(stream.id, last, all);
  }

  /** Sends a PING and waits for the answer: by then the server has read what was sent before. */
  public void ping() throws IOException, InterruptedException {
    link.ping();
    pongs.await(++pings);
  }

  /** Says in a GOAWAY, without an error, that it opens no more streams. */
  public void goAway() throws IOException {
    link.goAway(0);
  }

  /** Whether the server has neither closed the connection nor said that it will. */
  public boolean isOpen() {
    return !ended;
  }

  @Override
  public void cut() throws IOException {
    connection.cut();
  }

  @Override
  public void reset() throws IOException {
    connection.reset();
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }

  // ---- what it reads

  private void read() {
    IOException cause = null;
    try {
      link.read(new Incoming());
    } catch (IOException e) {
      cause = e;
    }
    var why = new IOException("the connection has ended" + farewell, cause);
    ended = true;
    for (Stream stream : streams.values()) {
      stream.answer.completeExceptionally(why);
    }
  }

  private final class Incoming implements Http2Link.Peer {
    @Override
    public void headers(int id, Map<String, String> fields, boolean last) {
      Stream stream = streams.get(id);
      if (stream != null && fields.containsKey(":status")) {
        stream.status = Integer.parseInt(fields.get(":status"));
        stream.headers.complete(null);
        stream.end(last);
      }
    }

    @Override
    public void data(int id, byte[] bytes, boolean last) {
      Stream stream = streams.get(id);
      if (stream != null) {
        stream.body.append(new String(bytes, ISO_8859_1));
        stream.end(last);
      }
      try {
        link.credit(0, bytes.length);
        if (stream != null && stream.credits && !last) {
          link.credit(id, bytes.length);
        }
      } catch (IOException e) {
        // A server that has said all it had to may be gone: what it sent is still to be read.
      }
    }

    @Override
    public void reset(int id, int code) {
      Stream stream = streams.get(id);
      if (stream != null) {
        stream.answer.completeExceptionally(new IOException("stream reset with code " + code));
      }
    }

    @Override
    public void pong() {
      pongs.add(1);
    }

    @Override
    public void goAway(int code, String debugData) {
      farewell = ", after GOAWAY with code " + code + " " + debugData;
      ended = true;
    }
  }

  /** One request and its response. */
  public final class Stream implements Pending {
    private final int id;
    private final StringBuilder body = new StringBuilder();
    private final CompletableFuture<Void> headers = new CompletableFuture<>();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private volatile boolean credits = true;
    private int status;

    private Stream(int id) {
      this.id = id;
    }

    /** Sends a part of the body. */
    public void data(byte[] bytes, boolean last) throws IOException, InterruptedException {
      link.data(id, bytes, last);
    }

    /** Sends a RST_STREAM with the code CANCEL. */
    public void reset() throws IOException {
      link.reset(id, Http2Link.CANCEL);
    }

    private void end(boolean last) {
      if (last) {
        answer.complete(new Answer(status, body.toString()));
        streams.remove(id);
      }
    }

    /** Waits for the response's header. */
    public void awaitHeader() throws IOException {
      await(headers);
    }

    @Override
    public Answer answer() throws IOException {
      return await(answer);
    }

    private <T> T await(CompletableFuture<T> future) throws IOException {
      try {
        return future.get(Connections.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      } catch (TimeoutException e) {
        throw new AssertionError("no response on stream " + id, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }
}
