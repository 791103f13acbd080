package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.http.server.RequestContexts;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** A connector with Jetty's own factory for HTTP/1.1: clients that leave are not noticed there. */
class UnwatchedIT {
  private static final class Warnings extends Handler {
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel() == Level.WARNING) {
        records.add(record);
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void theLogSaysSoOnceForAConnector(CancellableContext root) throws Exception {
    var warnings = new Warnings();
    Logger log = Logger.getLogger("dev.belay.jetty");
    var server = new Server();
    var connector = new ServerConnector(server);
    server.addConnector(connector);
    server.setHandler(
        new ContextHandler(
            root,
            new RequestContexts(Duration.ofMinutes(1)),
            (ctx, request, response) ->
                Content.Sink.write(response, true, ByteBuffer.allocate(1))));
    log.addHandler(warnings);
    server.start();
    try (Http1Client client = Http1Client.plain(connector.getLocalPort())) {
      for (int i = 0; i < 2; i++) {
        client.get("/");
        assertThat(client.answer().status()).isEqualTo(200);
      }
      assertThat(warnings.records)
          .singleElement()
          .extracting(LogRecord::getMessage)
          .asString()
          .contains("do not report that a client has gone");
    } finally {
      log.removeHandler(warnings);
      server.stop();
    }
  }
}
