package dev.belay.jetty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.middleware.AccessLog;
import dev.belay.http.server.middleware.RequestId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.junit.jupiter.api.Test;

/** A thousand requests, twenty at a time, each of which has an id. */
class InterleavedIT {
  private static final int CLIENTS = 20;
  private static final int EACH = 50;
  private static final Duration DAY = Duration.ofDays(1);
  private static final String NAME = "interleaved.access";
  private static final Pattern LINE =
      Pattern.compile("path=\"/(r-\\d+-\\d+)\" .* id=(r-\\d+-\\d+)$");

  private final CyclicBarrier all = new CyclicBarrier(CLIENTS);
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  private final class Lines extends Handler {
    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Goes on when all clients' requests are here. */
  private Endpoint<Request, Response> endpoint() {
    return (ctx, request, response) -> {
      all.await(20, TimeUnit.SECONDS);
      byte[] id = ctx.require(RequestId.KEY).getBytes(US_ASCII);
      Content.Sink.write(response, true, ByteBuffer.wrap(id));
    };
  }

  private static int ask(int port, int client) throws Exception {
    try (Http1Client connection = Http1Client.plain(port)) {
      for (int i = 0; i < EACH; i++) {
        String id = "r-%d-%d".formatted(client, i);
        assertThat(connection.get("/" + id, "X-Request-ID", id).answer()).isEqualTo(Answer.ok(id));
      }
      return EACH;
    }
  }

  @Test
  void eachLineAndEachAnswerHasItsOwnId(CancellableContext root) throws Exception {
    Logger access = Logger.getLogger(NAME);
    var capture = new Lines();
    access.setUseParentHandlers(false);
    access.addHandler(capture);
    var settings = new ServerSettings(root, Certificate.forLocalhost(), DAY, true, DAY, DAY, false);
    JettyMessages messages = JettyMessages.INSTANCE;
    var endpoint =
        RequestId.around(messages, AccessLog.around(messages, System.getLogger(NAME), endpoint()));
    JettyUnderTest jetty =
        JettyUnderTest.start(
            settings, new ContextHandler(root, new RequestContexts(DAY), endpoint));
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> asking = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        asking.add(clients.submit(() -> ask(jetty.port(), client)));
      }
      for (Future<Integer> each : asking) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(EACH);
      }
      while (lines.size() < CLIENTS * EACH) { // a line may follow its answer
        assertThat(Thread.interrupted()).as("%d lines", lines.size()).isFalse();
        Thread.onSpinWait();
      }
    } finally {
      jetty.stop();
      access.removeHandler(capture);
    }
    assertThat(lines).hasSize(CLIENTS * EACH);
    assertThat(lines)
        .allSatisfy(
            line -> {
              var found = LINE.matcher(line);
              assertThat(found.find()).as(line).isTrue();
              assertThat(found.group(1)).isEqualTo(found.group(2));
            });
    assertThat(lines).doesNotHaveDuplicates();
  }
}
