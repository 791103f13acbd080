package dev.belay.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.CancellableContext;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
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
  void aConnectorThatCannotBeWatchedIsRefused() {
    var tomcat = new Tomcat();
    tomcat.setConnector(new Connector("org.apache.coyote.http11.Http11Nio2Protocol"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ServerPart(tomcat.getServer()))
        .withMessageContaining("Http11Nio2Protocol")
        .withMessageEndingWith("use dev.belay.tomcat.ContextNioProtocol");
  }

  @Test
  void aHeaderNeedsSomeTime() {
    var protocol = new ContextNioProtocol();
    assertThatIllegalArgumentException().isThrownBy(() -> protocol.setHeaderTimeout(0));
  }
}
