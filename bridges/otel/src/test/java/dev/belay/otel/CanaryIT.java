package dev.belay.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.contracts.server.CanaryContract;
import dev.belay.contracts.server.ServerExchange;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.middleware.AccessLog;
import dev.belay.http.server.middleware.Recover;
import dev.belay.http.server.middleware.RequestId;
import dev.belay.http.wire.WireHeaders;
import dev.belay.jetty.ContextHandler;
import dev.belay.jetty.ContextHttpConnectionFactory;
import dev.belay.jetty.JettyMessages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** What a client sends is repeated nowhere, and in no span. */
class CanaryIT extends CanaryContract {
  private static final System.Logger ACCESS = System.getLogger("dev.belay.access");

  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return new Traced(settings, script);
  }

  private static final class Traced implements ServerUnderTest {
    private final Recording recording = new Recording();
    private final Server server;
    private final ServerConnector connector;

    Traced(ServerSettings settings, ServerScript script) throws Exception {
      var threads = new QueuedThreadPool();
      threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server = new Server(threads);
      var http = new HttpConfiguration();
      connector =
          new ServerConnector(
              server,
              new ContextHttpConnectionFactory(http),
              new HTTP2CServerConnectionFactory(http));
      connector.setHost("127.0.0.1");
      server.addConnector(connector);
      Tracing tracing = recording.tracing();
      var contexts =
          new RequestContexts(settings.requestLimit(), WireHeaders.DEFAULT.with(tracing.fields()));
      server.setHandler(new ContextHandler(settings.root(), contexts, around(tracing, script)));
      server.start();
    }

    private static Endpoint<Request, Response> around(Tracing tracing, ServerScript script) {
      JettyMessages jetty = JettyMessages.INSTANCE;
      Endpoint<Request, Response> endpoint =
          (ctx, request, response) -> script.run(ctx, new Exchange(request, response));
      return tracing.around(
          jetty,
          RequestId.around(
              jetty, AccessLog.around(jetty, ACCESS, Recover.around(jetty, endpoint))));
    }

    @Override
    public int port() {
      return connector.getLocalPort();
    }

    @Override
    public int tlsPort() {
      throw new UnsupportedOperationException("not asked for by this contract");
    }

    @Override
    public void stop() throws Exception {
      server.stop();
      assertThat(recording.spans())
          .isNotEmpty()
          .allSatisfy(
              span ->
                  assertThat(
                          span.getName()
                              + span.getAttributes()
                              + span.getStatus()
                              + span.getEvents().stream().map(e -> e.getAttributes()).toList())
                      .doesNotContain("7f3a9c"));
      recording.close();
    }
  }

  private record Exchange(Request request, Response response) implements ServerExchange {
    @Override
    public String path() {
      return request.getHttpURI().getPath();
    }

    @Override
    public byte[] readBody() throws IOException {
      return Content.Source.asInputStream(request).readAllBytes();
    }

    @Override
    public void write(boolean last, byte[] part) throws IOException {
      Content.Sink.write(response, last, ByteBuffer.wrap(part));
    }
  }
}
