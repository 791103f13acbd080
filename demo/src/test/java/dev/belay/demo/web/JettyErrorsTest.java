package dev.belay.demo.web;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@Tag("process")
class JettyErrorsTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(JettyErrors.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Server server = new Server();
  private final LocalConnector connector = new LocalConnector(server);

  @BeforeEach
  void start() throws Exception {
    server.addConnector(connector);
    server.setErrorHandler(new JettyErrors());
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            boolean left = request.getHttpURI().getCanonicalPath().equals("/left");
            callback.failed(left ? new EofException("client gone") : new Exception("secret"));
            return true;
          }
        });
    server.start();
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stop() throws Exception {
    logger.detachAppender(logged);
    server.stop();
  }

  private String get(String path) throws Exception {
    return connector.getResponse("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  @Test
  void aFailureIsAnsweredAndLoggedUnderOneId() throws Exception {
    assertThat(get("/broken")).startsWith("HTTP/1.1 500").contains("went wrong");
    assertThat(logged.list).hasSize(1);
  }

  @Test
  void aCustomerWhoHasLeftIsNeitherAnsweredNorLogged() throws Exception {
    assertThat(get("/left")).isNullOrEmpty();
    assertThat(logged.list).isEmpty();
  }
}
