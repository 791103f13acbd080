package dev.belay.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.Status;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.contracts.socket.HttpClientByHand;
import dev.belay.servlet.ContextFilter;
import dev.belay.testkit.VirtualClock;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that outlive the servlet's thread. */
class AsyncIT {
  private static final long PATIENCE = 60;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final CompletableFuture<Context> context = new CompletableFuture<>();
  private final CompletableFuture<Context> inFilter = new CompletableFuture<>();
  private final CompletableFuture<Context> dispatched = new CompletableFuture<>();
  private final CompletableFuture<AsyncContext> async = new CompletableFuture<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();
  private TomcatUnderTest tomcat;
  private Http1Client client;

  @BeforeEach
  void start(CancellableContext root) throws Exception {
    Duration day = Duration.ofDays(1);
    var settings =
        new ServerSettings(root, Certificate.forLocalhost(), MINUTE, true, day, day, false);
    tomcat = TomcatUnderTest.start(settings, TomcatUnderTest.filter(settings), new Asynchronous());
    client = Http1Client.plain(tomcat.port());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    tomcat.stop();
  }

  /** Begins and leaves; the test does the rest. */
  private final class Asynchronous extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      if (request.getDispatcherType() == DispatcherType.ASYNC) {
        dispatched.complete(Context.current());
        response.getWriter().print("dispatched");
        return;
      }
      Context ctx = Context.current();
      ctx.onDone(() -> ended.complete(ctx.status()));
      context.complete(ctx);
      inFilter.complete(ContextFilter.contextOf(request));
      var begun = request.startAsync();
      begun.setTimeout(0);
      if (request.getMethod().equals("POST")) {
        request.getInputStream().setReadListener(new Counting(begun));
      } else if (request.getRequestURI().equals("/stream")) {
        response.getOutputStream().print("first");
        response.flushBuffer();
      }
      async.complete(begun);
    }
  }

  /** Answers with the length of the body. */
  private static final class Counting implements ReadListener {
    private final AsyncContext async;
    private int length;

    Counting(AsyncContext async) {
      this.async = async;
    }

    @Override
    public void onDataAvailable() throws IOException {
      ServletInputStream body = async.getRequest().getInputStream();
      while (body.isReady() && body.read() >= 0) {
        length++;
      }
    }

    @Override
    public void onAllDataRead() throws IOException {
      async.getResponse().getOutputStream().print(length);
      async.complete();
    }

    @Override
    public void onError(Throwable failure) {
      async.complete();
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE, TimeUnit.SECONDS);
  }

  @Test
  void theContextStaysOpenUntilTheRequestIsComplete() throws Exception {
    client.get("/");
    AsyncContext begun = await(async);
    assertThat(await(context).isDone()).isFalse();
    begun.getResponse().getOutputStream().print("done");
    begun.complete();
    assertThat(client.answer()).isEqualTo(Answer.ok("done"));
    assertThat(await(ended)).isEqualTo(Status.CLOSED);
  }

  @Test
  void theContextIsFoundByTheRequestOnAnyThread() throws Exception {
    client.get("/");
    Context found = await(inFilter);
    assertThat(found.isDone()).isFalse();
    await(async).complete();
    client.answer();
    await(ended);
    assertThat(found.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  void aDispatchRunsUnderTheSameContext() throws Exception {
    client.get("/");
    await(async).dispatch();
    assertThat(client.answer()).isEqualTo(Answer.ok("dispatched"));
    assertThat(await(dispatched)).isSameAs(await(context));
  }

  @Test
  void aClientThatLeavesIsNoticed() throws Exception {
    client.get("/");
    AsyncContext begun = await(async);
    client.close();
    assertThat(await(ended)).isEqualTo(Status.CANCELLED);
    begun.complete();
  }

  @Test
  void aResponseThatTheEndCutsOffNeverLooksComplete(VirtualClock clock) throws Exception {
    client.get("/stream");
    cutOff(client, clock);
  }

  @Test
  void anHttp2ResponseThatTheEndCutsOffNeverLooksComplete(VirtualClock clock) throws Exception {
    try (Http2Client http2 = Http2Client.plain(tomcat.port())) {
      HttpClientByHand.Pending pending = http2.get("/stream");
      await(async);
      clock.advance(MINUTE);
      assertThatThrownBy(pending::answer).isInstanceOf(IOException.class);
    }
    assertThat(await(ended)).isEqualTo(Status.DEADLINE_EXCEEDED);
  }

  private void cutOff(Http1Client client, VirtualClock clock) throws Exception {
    await(async);
    clock.advance(MINUTE);
    assertThat(await(ended)).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
  }

  @Test
  void aBodyThatIsReadWithoutBlockingArrivesWhole() throws Exception {
    client.postHeader("/", 100_000);
    await(async);
    for (int i = 0; i < 10; i++) {
      client.send("b".repeat(10_000));
    }
    assertThat(client.answer()).isEqualTo(Answer.ok("100000"));
    assertThat(await(ended)).isEqualTo(Status.CLOSED);
  }
}
