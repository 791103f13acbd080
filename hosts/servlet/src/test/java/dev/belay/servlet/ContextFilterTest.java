package dev.belay.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.Status;
import dev.belay.http.server.BadRequestException;
import dev.belay.http.server.BodyTimeoutException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.RequestLimits;
import dev.belay.http.spi.ClientLimit;
import dev.belay.http.spi.ClientLimits;
import dev.belay.http.spi.ClientWatch;
import dev.belay.lifecycle.ShutdownException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** The filter without a container: what a mock environment runs, and what a watch is told. */
class ContextFilterTest {
  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/orders");
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private final Watch watch = new Watch();
  private CancellableContext root;
  private ContextFilter filter;

  @BeforeEach
  void open(CancellableContext root) {
    this.root = root;
    filter = new ContextFilter(root, new RequestContexts(Duration.ofHours(1)));
    request.setServletPath("/orders");
    request.setAsyncSupported(true);
  }

  /** A container's watch that does what the test says. */
  private static final class Watch implements ClientWatch {
    final List<String> said = new CopyOnWriteArrayList<>();
    @Nullable Consumer<Throwable> onGone;
    @Nullable ClientLimits limits;

    @Override
    public void begin(Consumer<Throwable> onGone, ClientLimits limits) {
      this.onGone = onGone;
      this.limits = limits;
      said.add("begin");
    }

    @Override
    public void failReads(ContextEndedException ended) {
      said.add("failReads");
    }

    @Override
    public void cutOff(Throwable why) {
      said.add("cutOff");
    }

    @Override
    public void close() {
      said.add("close");
    }
  }

  private void serve(FilterChain servlet) throws Exception {
    filter.doFilter(request, response, servlet);
  }

  private void serveWatched(FilterChain servlet) throws Exception {
    request.setAttribute(ClientWatch.ATTRIBUTE, watch);
    serve(servlet);
  }

  @Test
  void aServletRunsUnderAContextThatEndsWithItsRequest() throws Exception {
    var seen = new ArrayList<Context>();
    serve(
        (q, s) -> {
          seen.add(Context.current());
          assertThat(ContextFilter.contextOf(q).deadline()).isEqualTo(Context.current().deadline());
          assertThat(ContextFilter.contextOf(q)).isNotInstanceOf(CancellableContext.class); // R1
        });
    assertThat(seen.getFirst().toString()).contains("GET /orders");
    assertThat(seen.getFirst().status()).isEqualTo(Status.CLOSED);
    assertThat(Context.current()).isSameAs(Context.background());
  }

  @Test
  void aClientShortensTheTimeOfItsRequest() throws Exception {
    request.addHeader("Belay-Timeout-Ms", "60000");
    serve(
        (q, s) ->
            assertThat(Context.current().remainingNanos())
                .isLessThanOrEqualTo(Duration.ofMinutes(1).toNanos()));
  }

  @Test
  void aTimeThatIsUpIsAnsweredWith504() throws Exception {
    request.addHeader("Belay-Timeout-Ms", "0");
    serve((q, s) -> Context.current().throwIfDone());
    assertThat(response.getStatus()).isEqualTo(504);
  }

  @Test
  void aBadRequestIsAnsweredWith400AndItsMessage() throws Exception {
    serve(
        (q, s) -> {
          throw new BadRequestException("no such size");
        });
    assertThat(response.getStatus()).isEqualTo(400);
    assertThat(response.getErrorMessage()).isEqualTo("no such size");
  }

  @Test
  void aShutdownIsAnsweredWith503() throws Exception {
    serve(
        (q, s) -> {
          root.cancel(new ShutdownException("TERM"));
          Context.current().throwIfDone();
        });
    assertThat(response.getStatus()).isEqualTo(503);
  }

  @Test
  void everythingElseIsTheContainers() {
    assertThatThrownBy(
            () ->
                serve(
                    (q, s) -> {
                      throw new ServletException("a bug");
                    }))
        .isInstanceOf(ServletException.class)
        .hasMessage("a bug");
    assertThat(response.getStatus()).isEqualTo(200);
  }

  @Test
  void aClientThatHasGoneEndsTheContextAndGetsNothing() throws Exception {
    serveWatched(
        (q, s) -> {
          watch.onGone.accept(new EOFException());
          assertThat(Context.current().cause()).isInstanceOf(ClientGoneException.class);
          Context.current().throwIfDone();
        });
    assertThat(watch.said).containsExactly("begin", "cutOff", "close");
    assertThat(response.isCommitted()).isFalse();
  }

  @Test
  void aResponseThatHadBegunIsCutOff() throws Exception {
    request.addHeader("Belay-Timeout-Ms", "60000");
    serveWatched(
        (q, s) -> {
          s.flushBuffer();
          root.cancel(new ShutdownException("TERM"));
          Context.current().throwIfDone();
        });
    assertThat(watch.said).contains("cutOff").endsWith("close");
    assertThat(response.getErrorMessage()).isNull();
  }

  @Test
  void aBodyThatIsWaitedForTooLongIsAnsweredWith408() throws Exception {
    filter = filter.withLimits(new RequestLimits(Duration.ofNanos(1), Duration.ofDays(1)));
    serveWatched(
        (q, s) -> {
          watch.limits.reading().waitFor(new ClientLimit.Wait());
          awaitEnd();
          assertThat(Context.current().cause()).isInstanceOf(BodyTimeoutException.class);
          Context.current().throwIfDone();
        });
    assertThat(response.getStatus()).isEqualTo(408);
  }

  private static void awaitEnd() throws IOException {
    try {
      Context.current().awaitDone();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void anAsynchronousRequestsContextIsOpenUntilItCompletes() throws Exception {
    serveWatched((q, s) -> q.startAsync());
    Context ctx = ContextFilter.contextOf(request);
    assertThat(ctx.status()).isEqualTo(Status.ACTIVE);
    assertThat(watch.said).containsExactly("begin");
    request.getAsyncContext().complete();
    assertThat(ctx.status()).isEqualTo(Status.CLOSED);
    assertThat(watch.said).containsExactly("begin", "close");
  }

  @Test
  void anErrorPageRunsUnderAContextOfItsOwn() throws Exception {
    request.addHeader("Belay-Timeout-Ms", "0");
    serve((q, s) -> Context.current().throwIfDone());
    root.cancel(new ShutdownException("TERM"));
    request.setDispatcherType(DispatcherType.ERROR);
    serve((q, s) -> assertThat(Context.current().status()).isEqualTo(Status.ACTIVE));
  }
}
