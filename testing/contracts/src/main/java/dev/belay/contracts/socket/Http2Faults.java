package dev.belay.contracts.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection of a {@link FaultServer}. */
final class Http2Faults implements Http2Link.Peer {
  private static final byte[] TEN = FaultServer.TEN.getBytes(ISO_8859_1);
  private static final int PART = 64 * 1024;

  private final FaultServer server;
  private final Http2Link link;
  private final Set<Integer> busy = ConcurrentHashMap.newKeySet();
  private final Set<Integer> deaf = ConcurrentHashMap.newKeySet();

  Http2Faults(FaultServer server, Socket socket) throws IOException {
    this.server = server;
    this.link = new Http2Link(socket);
  }

  void serve() throws IOException {
    try {
      link.readPreface();
      link.settings();
      link.read(this);
    } finally {
      busy.forEach(this::ends);
    }
  }

  private void ends(int stream) {
    if (busy.remove(stream)) {
      server.ends();
    }
  }

  // ---- what the client does

  @Override
  public void headers(int stream, Map<String, String> fields, boolean last) {
    String path = fields.getOrDefault(":path", "/").split("\\?", 2)[0];
    if (path.equals("/deaf")) {
      deaf.add(stream);
    }
    Reply reply = Reply.to(path, fields.get("belay-timeout-ms"));
    if (reply == null && !path.equals("/big") && !path.equals("/cut")) {
      busy.add(stream);
      server.begins();
    }
    server.requests.add(1);
    Thread.ofVirtual()
        .name("fault-server-stream")
        .start(
            () -> {
              try {
                answer(stream, path, reply);
              } catch (IOException | InterruptedException e) {
                // The client is gone.
              }
            });
  }

  @Override
  public void data(int stream, byte[] bytes, boolean last) throws IOException {
    if (!deaf.contains(stream)) {
      link.credit(0, bytes.length);
      if (!last) {
        link.credit(stream, bytes.length);
      }
    }
  }

  @Override
  public void reset(int stream, int code) {
    ends(stream);
  }

  // ---- what the server does

  private void answer(int stream, String path, @Nullable Reply reply)
      throws IOException, InterruptedException {
    if (reply != null) {
      boolean empty = reply.body().isEmpty();
      begin(stream, reply.status(), reply.fields(), empty);
      if (!empty) {
        link.data(stream, reply.body().getBytes(ISO_8859_1), true);
      }
      return;
    }
    switch (path) {
      case "/big" -> big(stream);
      case "/cut" -> {
        begin(stream, 200, List.of(), false);
        link.data(stream, TEN, false);
        link.reset(stream, Http2Link.INTERNAL_ERROR);
      }
      case "/stall" -> {
        begin(stream, 200, List.of(), false);
        link.data(stream, TEN, false);
      }
      case "/trickle" -> trickle(stream, List.of(), TEN);
      case "/events" ->
          trickle(
              stream,
              List.of("content-type", "text/event-stream"),
              FaultServer.EVENT.getBytes(ISO_8859_1));
      default -> {}
    }
  }

  private void begin(int stream, int status, List<String> fields, boolean last) throws IOException {
    List<String> all = new ArrayList<>(List.of(":status", Integer.toString(status)));
    all.addAll(fields);
    link.headers(stream, last, all);
  }

  private void big(int stream) throws IOException, InterruptedException {
    begin(stream, 200, List.of("content-length", Integer.toString(FaultServer.BIG)), false);
    for (int at = 0; at < FaultServer.BIG; at += PART) {
      link.data(stream, FaultServer.bigPart(at, PART), at + PART == FaultServer.BIG);
    }
  }

  private void trickle(int stream, List<String> fields, byte[] part)
      throws IOException, InterruptedException {
    begin(stream, 200, fields, false);
    var pause = new CountDownLatch(1);
    while (!pause.await(5, TimeUnit.MILLISECONDS)) {
      link.data(stream, part, false); // fails when the stream is reset or the connection ends
    }
  }
}
