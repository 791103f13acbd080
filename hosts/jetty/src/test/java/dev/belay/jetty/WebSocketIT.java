package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.Status;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.RequestContexts;
import dev.belay.lifecycle.ShutdownException;
import dev.belay.testkit.SharedThreads;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions of the JDK's WebSocket client. */
@SharedThreads("HttpClient-")
class WebSocketIT {
  private static final long PATIENCE = 60;

  private final BlockingQueue<Context> contexts = new LinkedBlockingQueue<>();
  private final BlockingQueue<Context> handling = new LinkedBlockingQueue<>();
  private final BlockingQueue<Thread> workers = new LinkedBlockingQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Heard heard = new Heard();
  private CancellableContext requests;
  private Server server;
  private WebSocket socket;

  // @start region=endpoint
  /** Answers each text; one that says {@code wait} is work until the session ends. */
  final class Echo implements WebSocketEndpoint {
    @Override
    public void onOpen(Context ctx, Session session) {
      contexts.add(ctx);
    }

    @Override
    public void onText(Context ctx, Session session, String text) throws Exception {
      workers.add(Thread.currentThread());
      if (text.equals("wait")) {
        handling.add(Context.current());
        ctx.awaitDone(); // stands for a query
        ctx.throwIfDone();
      }
      session.sendText(text, Callback.NOOP);
    }
  }

  // @end region=endpoint

  /** What the client hears. */
  private static final class Heard implements WebSocket.Listener {
    final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      texts.add(text.toString());
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      texts.add("closed with " + code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      texts.add("failed");
    }
  }

  @BeforeEach
  void start(CancellableContext root) throws Exception {
    requests = root.withName("server").withCancel();
    // @start region=server
    var server = new Server();
    var http1 = new ContextHttpConnectionFactory(new HttpConfiguration());
    server.addConnector(new ServerConnector(server, http1));
    var sockets =
        WebSocketUpgradeHandler.from(
            server,
            container ->
                container.addMapping(
                    "/echo",
                    (request, response, callback) ->
                        new WebSocketSession(requests, "echo", new Echo())));
    sockets.setHandler(
        new ContextHandler(
            requests,
            new RequestContexts(Duration.ofSeconds(10)),
            (ctx, request, response) -> response.setStatus(404)));
    server.setHandler(sockets);
    // @end region=server
    server.start();
    this.server = server;
    int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    socket =
        client
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/echo"), heard)
            .get(PATIENCE, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    socket.abort();
    server.stop();
    client.close();
    requests.close();
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(PATIENCE, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  /** An answer is heard before the endpoint has returned; its thread ends after that. */
  private void awaitHandled(int texts) throws InterruptedException {
    for (int i = 0; i < texts; i++) {
      assertThat(next(workers).join(Duration.ofSeconds(PATIENCE))).isTrue();
    }
  }

  private static void awaitEnd(Context ctx) throws InterruptedException {
    assertThat(ctx.awaitDone(Duration.ofSeconds(PATIENCE))).as(ctx.toString()).isTrue();
  }

  @Test
  void aMessageIsHandledUnderTheSessionsContext() throws Exception {
    socket.sendText("one", true).join();
    socket.sendText("two", true).join();
    assertThat(next(heard.texts)).isEqualTo("one");
    assertThat(next(heard.texts)).isEqualTo("two");
    awaitHandled(2);
    Context ctx = next(contexts);
    assertThat(ctx.toString()).contains("server/echo");
    assertThat(ctx.status()).isEqualTo(Status.ACTIVE);
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    awaitEnd(ctx);
    assertThat(ctx.status()).isEqualTo(Status.CLOSED);
    assertThat(next(heard.texts)).isEqualTo("closed with 1000");
  }

  @Test
  void aClientThatIsLostEndsWhatIsDoneForIt() throws Exception {
    socket.sendText("wait", true).join();
    Context ctx = next(handling);
    socket.abort();
    awaitEnd(ctx);
    assertThat(ctx.cause()).isInstanceOf(ClientGoneException.class);
  }

  @Test
  void aClientThatClosesEndsWhatIsDoneForIt() throws Exception {
    socket.sendText("wait", true).join();
    Context ctx = next(handling);
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    awaitEnd(ctx);
    assertThat(ctx.cause()).isInstanceOf(ClientGoneException.class);
  }

  @Test
  void anIdleSessionEnds() throws Exception {
    Context ctx = next(contexts);
    socket.sendText("one", true).join();
    next(heard.texts);
    server
        .getConnectors()[0]
        .getConnectedEndPoints()
        .forEach(endPoint -> endPoint.setIdleTimeout(1));
    awaitEnd(ctx);
  }

  @Test
  void aShutdownEndsTheSessionAndSaysSo() throws Exception {
    Context ctx = next(contexts);
    requests.cancel(new ShutdownException("TERM"));
    assertThat(next(heard.texts)).isEqualTo("closed with 1001");
    assertThat(ctx.cause()).isInstanceOf(ShutdownException.class);
  }

  @Test
  void aMessageThatIsNotTakenEndsTheSession() throws Exception {
    socket.sendBinary(ByteBuffer.wrap(new byte[] {1}), true).join();
    assertThat(next(heard.texts)).isEqualTo("closed with 1003");
    awaitEnd(next(contexts));
  }
}
