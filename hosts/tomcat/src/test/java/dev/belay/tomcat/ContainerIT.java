package dev.belay.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import jakarta.servlet.ReadListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What Tomcat does besides, on a connection that is watched. */
class ContainerIT {

  private interface Body {
    void run(Http1Client client) throws Exception;
  }

  private static void serve(CancellableContext root, HttpServlet servlet, Body body)
      throws Exception {
    Duration day = Duration.ofDays(1);
    var settings = new ServerSettings(root, Certificate.forLocalhost(), day, true, day, day, false);
    var tomcat = TomcatUnderTest.start(settings, TomcatUnderTest.filter(settings), servlet);
    try (Http1Client client = Http1Client.plain(tomcat.port())) {
      body.run(client);
    } finally {
      tomcat.stop();
    }
  }

  /** Sends back a word of four letters, and closes. */
  public static final class Echo implements HttpUpgradeHandler {
    @Override
    public void init(WebConnection connection) {
      try {
        connection.getInputStream().setReadListener(new Word(connection));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void destroy() {}
  }

  private record Word(WebConnection connection) implements ReadListener {
    @Override
    public void onDataAvailable() throws IOException {
      byte[] word = connection.getInputStream().readNBytes(4);
      connection.getOutputStream().write(word);
      connection.getOutputStream().flush();
      closeQuietly();
    }

    private void closeQuietly() {
      try {
        connection.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void onAllDataRead() {}

    @Override
    public void onError(Throwable failure) {}
  }

  @Test
  void anUpgradedConnectionIsTheNewProtocolsAlone(CancellableContext root) throws Exception {
    var context = new CompletableFuture<Context>();
    var servlet =
        new HttpServlet() {
          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response) {
            context.complete(Context.current());
            try {
              response.setStatus(101);
              response.setHeader("Upgrade", "echo");
              response.setHeader("Connection", "Upgrade");
              request.upgrade(Echo.class);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
        };
    serve(
        root,
        servlet,
        client -> {
          client.get("/", "Upgrade", "echo", "Connection", "Upgrade");
          client.answerHeader();
          client.send("word");
          client.awaitClosed();
        });
    assertThat(context.get(20, TimeUnit.SECONDS).isDone()).isTrue();
  }

  @Test
  void anErrorThatTheServletSendsItselfIsLeftAlone(CancellableContext root) throws Exception {
    var servlet =
        new HttpServlet() {
          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            response.sendError(404, "no such order");
          }
        };
    serve(
        root,
        servlet,
        client -> assertThat(client.get("/").answer()).extracting(Answer::status).isEqualTo(404));
  }

  @Test
  void filesAreNotSentBehindTheFiltersBack() {
    var protocol = new ContextNioProtocol();
    assertThat(protocol.getUseSendfile()).isFalse();
    protocol.setUseSendfile(true);
    assertThat(protocol.getUseSendfile()).isFalse();
  }

  @Test
  void aHeaderNeedsSomeTime() {
    var protocol = new ContextNioProtocol();
    assertThatIllegalArgumentException().isThrownBy(() -> protocol.setHeaderTimeout(0));
  }
}
