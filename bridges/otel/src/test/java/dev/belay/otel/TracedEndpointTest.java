package dev.belay.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.HttpMessages;
import dev.belay.http.server.middleware.RequestId;
import dev.belay.http.wire.Trace;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The span of a request. */
class TracedEndpointTest {
  private record Request(String method, String path) {}

  private static final class Response {
    final Map<String, String> headers = new HashMap<>();
    int status = 200;
  }

  private static final class Messages implements HttpMessages<Request, Response> {
    @Override
    public String method(Request request) {
      return request.method;
    }

    @Override
    public String path(Request request) {
      return request.path;
    }

    @Override
    public String header(Request request, String name) {
      return null;
    }

    @Override
    public void setHeader(Response response, String name, String value) {
      response.headers.put(name, value);
    }

    @Override
    public int status(Response response) {
      return response.status;
    }

    @Override
    public boolean isCommitted(Response response) {
      return false;
    }

    @Override
    public void answer(Response response, int status, String contentType, byte[] body) {
      response.status = status;
    }

    @Override
    public OutputStream begin(Response response, int status, String contentType) {
      return OutputStream.nullOutputStream();
    }

    @Override
    public void setTrailers(Response response, Supplier<Map<String, String>> trailers) {
      throw new UnsupportedOperationException("no endpoint here has trailers");
    }

    @Override
    public void cutOff(Request request, Response response, Throwable why) {}

    @Override
    public Throwable translated(Response response, Throwable thrown) {
      return thrown;
    }

    @Override
    public Request withBodyLimit(Request request, long bytes) {
      return request;
    }
  }

  @AutoClose private final Recording recording = new Recording();
  private final Tracing tracing = recording.tracing();
  private final Messages messages = new Messages();
  private final Response response = new Response();

  private void serve(Context ctx, String method, Endpoint<Request, Response> endpoint)
      throws Exception {
    tracing.around(messages, endpoint).handle(ctx, new Request(method, "/orders"), response);
  }

  private static String text(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.stringKey(key));
  }

  // @start region=server
  static <Q, S> Endpoint<Q, S> traced(
      Tracing tracing, HttpMessages<Q, S> host, Endpoint<Q, S> shop) {
    return tracing.around(host, RequestId.around(host, shop)); // answers with X-Trace-ID, too
  }

  // @end region=server

  @Test
  void aRequestHasASpanThatSaysWhatItWas(Context root) throws Exception {
    serve(root, "POST", (ctx, q, s) -> assertThat(Context.current()).isSameAs(ctx));
    SpanData span = recording.span("POST");
    assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(text(span, "http.request.method")).isEqualTo("POST");
    assertThat(text(span, "url.path")).isEqualTo("/orders");
    assertThat(span.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
        .isEqualTo(200);
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(Context.current()).isSameAs(Context.background());
  }

  @Test
  void aMethodOfTheClientsOwnIsNoNameOfASpan(Context root) throws Exception {
    serve(root, "CANARY", (ctx, q, s) -> {});
    assertThat(text(recording.span("HTTP"), "http.request.method")).isEqualTo("_OTHER");
  }

  @Test
  void aRequestThatBeginsATraceIsAnsweredWithItsId(Context root) throws Exception {
    traced(tracing, messages, (ctx, q, s) -> ctx.require(Trace.KEY))
        .handle(root, new Request("GET", "/orders"), response);
    assertThat(response.headers).containsEntry("X-Trace-ID", recording.span("GET").getTraceId());
  }

  @Test
  void aStatusOf500OrMoreIsAnError(Context root) throws Exception {
    serve(root, "GET", (ctx, q, s) -> s.status = 503);
    assertThat(recording.span("GET").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @Test
  void aFailureOfTheEndpointIsAnError(Context root) {
    assertThatThrownBy(
            () ->
                serve(
                    root,
                    "GET",
                    (ctx, q, s) -> {
                      throw new IOException("refused");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(recording.span("GET").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @Test
  void aClientThatLeftIsNoErrorWhateverTheStatus(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      serve(
          ctx,
          "GET",
          (c, q, s) -> {
            ctx.cancel(new ClientGoneException("connection closed", null));
            s.status = 500;
          });
    }
    SpanData span = recording.span("GET");
    assertThat(text(span, "belay.end")).isEqualTo("client_gone");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void theSpanOfAnAgentSaysHowTheRequestEnded(CancellableContext root) {
    Span agents = recording.sdk.getTracer("agent").spanBuilder("agent's").startSpan();
    try (var scope = agents.makeCurrent();
        var ctx = root.withCancel()) {
      assertThatThrownBy(
              () ->
                  serve(
                      ctx,
                      "GET",
                      (c, q, s) -> {
                        ctx.cancel(new ClientGoneException("connection closed", null));
                        c.throwIfDone();
                      }))
          .isInstanceOf(ContextCancelledException.class);
    }
    agents.setStatus(StatusCode.ERROR); // as agents do, of a status they have made up
    agents.end();
    assertThat(recording.tree()).containsExactly("- > agent's");
    assertThat(text(recording.span("agent's"), "belay.end")).isEqualTo("client_gone");
    assertThat(recording.span("agent's").getStatus().getStatusCode()).isEqualTo(StatusCode.OK);
  }
}
