package dev.belay.jetty;

import dev.belay.CancellableContext;
import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.ContextRunnable;
import dev.belay.Registration;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.FailureLog;
import dev.belay.http.server.FailureStatus;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.RequestLimits;
import dev.belay.http.spi.ClientLimits;
import dev.belay.spi.Causes;
import java.io.IOException;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.jspecify.annotations.Nullable;

/**
 * Runs an {@link Endpoint} for each request under a context of its own, which ends as soon as the
 * client goes away, also while the endpoint blocks. On HTTP/1.1 that needs a connector with {@link
 * ContextHttpConnectionFactory}; on HTTP/2 nothing else.
 *
 * <p>When the context ends, a read of the body or a write of the response that is under way fails
 * with its exception, on whichever thread it waits. A response that had begun is cut off: the
 * connection is reset, or the HTTP/2 stream, so that it never looks complete. An endpoint may still
 * answer with an error, within a second.
 *
 * <p>A failure of the endpoint is answered with the status and the text of {@link FailureStatus},
 * or those of Jetty's {@link HttpException}, and logged by {@link FailureLog} as {@code
 * dev.belay.jetty}. When the client is gone, Jetty still asks the server's error handler for an
 * answer, which is not sent: one that logs finds an {@link EofException} as the request's failure.
 *
 * <p>The server's context is its owner's: end it at shutdown, and every request's context ends.
 * {@link ServerPart}, or Jetty with a {@link org.eclipse.jetty.server.Server#setStopTimeout stop
 * timeout}, first waits until the responses of the requests that have begun are complete.
 */
public final class ContextHandler extends Handler.Abstract {
  private static final System.Logger LOG = System.getLogger("dev.belay.jetty");

  private final Context server;
  private final RequestContexts contexts;
  private final RequestLimits limits;
  private final boolean interrupting;
  private final Endpoint<Request, Response> endpoint;
  private final Exchanges exchanges = new Exchanges();

  /**
   * A handler with {@link RequestLimits#DEFAULT} that never interrupts its endpoint.
   *
   * @param server the parent of every request's context
   * @param contexts the limit of a request, and the headers that are read of it
   */
  public ContextHandler(
      Context server, RequestContexts contexts, Endpoint<Request, Response> endpoint) {
    this(server, contexts, RequestLimits.DEFAULT, false, endpoint);
  }

  private ContextHandler(
      Context server,
      RequestContexts contexts,
      RequestLimits limits,
      boolean interrupting,
      Endpoint<Request, Response> endpoint) {
    this.server = Objects.requireNonNull(server, "server is null: pass the server's root");
    this.contexts = Objects.requireNonNull(contexts, "contexts is null: pass a limit");
    this.limits = Objects.requireNonNull(limits, "limits is null: use RequestLimits.DEFAULT");
    this.interrupting = interrupting;
    this.endpoint = Objects.requireNonNull(endpoint, "endpoint is null");
    installBean(exchanges);
  }

  /**
   * A copy of this handler that interrupts its endpoint when a request's context ends. For
   * endpoints that block in code unaware of contexts, and hold nothing that an interrupt breaks: on
   * a virtual thread it closes the socket that is being read.
   */
  @CheckReturnValue
  public ContextHandler withInterrupts() {
    return new ContextHandler(server, contexts, limits, true, endpoint);
  }

  /**
   * A copy of this handler that gives clients other limits. For limits that differ by route, make a
   * handler for each and put them into Jetty's {@code PathMappingsHandler}.
   */
  @CheckReturnValue
  public ContextHandler withLimits(RequestLimits other) {
    return new ContextHandler(server, contexts, other, interrupting, endpoint);
  }

  @Override
  protected void doStart() throws Exception {
    exchanges.cancel(); // a shutdown, of the time before
    ConnectionLimit.addTo(getServer());
    super.doStart();
  }

  /**
   * Runs the endpoint here, or on a virtual thread where the server has them: Jetty hands some
   * requests over on its own threads all the same, such as one that came with a TLS handshake.
   */
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    exchanges.begin(request);
    Executor virtual =
        VirtualThreads.getVirtualThreadsExecutor(
            request.getConnectionMetaData().getConnector().getExecutor());
    if (virtual == null || Thread.currentThread().isVirtual()) {
      serve(request, response, callback);
    } else {
      virtual.execute(() -> serve(request, response, callback));
    }
    return true;
  }

  private void serve(Request request, Response response, Callback callback) {
    try (CancellableContext ctx = open(request)) {
      try {
        exchanges.refuseAtShutdown();
        run(ctx, request, response);
      } catch (Throwable failure) {
        answer(ctx, request, response, callback, failure);
        return;
      }
    } catch (Throwable failure) { // no context, by a fault of ours
      answer(server, request, response, callback, failure);
      return;
    }
    callback.succeeded();
  }

  private CancellableContext open(Request request) {
    String name = request.getMethod() + " " + request.getHttpURI().getCanonicalPath();
    return contexts.open(server, name, field -> JettyMessages.INSTANCE.header(request, field));
  }

  private void run(CancellableContext ctx, Request request, Response response) throws Exception {
    try (RequestWatch watch = RequestWatch.of(request)) {
      watch.begin(gone -> ctx.cancel(new ClientGoneException("client gone", gone)));
      var clientLimits = ClientLimits.of(ctx, limits, slow -> Abort.of(request, slow));
      request.addHttpStreamWrapper(stream -> new LimitedStream(stream, clientLimits));
      var reading =
          new ContextRequest(ctx, request, orIdle(clientLimits::bodyIdle, watch.onReadFailure()));
      var writing =
          new ContextResponse(
              ctx, request, response, orIdle(clientLimits::responseIdle, watch.onWriteFailure()));
      Registration ending = ctx.onDone(() -> end(ctx, request, writing));
      try {
        run(ctx, c -> endpoint.handle(c, reading, writing));
        writing.finish();
      } catch (Throwable failure) {
        if (writing.isConnectionLost()) {
          throw new ConnectionLostException(failure);
        }
        throw failure;
      } finally {
        ending.close();
      }
    }
  }

  /** A time-out is Jetty's idle limit. */
  private static Consumer<Throwable> orIdle(
      Consumer<Throwable> idle, Consumer<Throwable> otherFailure) {
    return failure -> (failure instanceof TimeoutException ? idle : otherFailure).accept(failure);
  }

  /** Fails what the endpoint waits for in Jetty, on whichever thread it does. */
  private static void end(Context ctx, Request request, ContextResponse response) {
    try {
      ctx.throwIfDone();
    } catch (ContextEndedException ended) {
      response.end(ended);
      if (!(ctx.cause()
          instanceof ClientGoneException)) { // else Jetty fails the read, and says how
        request.fail(ended);
      }
    }
  }

  private void run(Context ctx, ContextRunnable<Exception> body) throws Exception {
    if (interrupting) {
      ctx.runInterruptibly(body);
    } else {
      ctx.run(body);
    }
  }

  private static void answer(
      Context ctx, Request request, Response response, Callback callback, Throwable failure) {
    HttpException known = httpException(failure);
    OptionalInt status =
        failure instanceof ConnectionLostException
            ? OptionalInt.empty()
            : known == null ? FailureStatus.of(ctx, failure) : OptionalInt.of(known.getCode());
    if (status.isEmpty() && !response.isCommitted() && isCutOff(request)) {
      status = OptionalInt.of(400); // it may still read the answer
    }
    FailureLog.write(LOG, ctx, status.orElse(0), failure);
    if (status.isEmpty() || response.isCommitted()) {
      callback.failed(new EofException(failure)); // quiet in Jetty's log, as it is in ours
    } else {
      int code = status.getAsInt();
      String text = known == null ? FailureStatus.text(code, failure) : known.getReason();
      Response.writeError(new Shown(request), response, callback, code, text);
    }
  }

  /** Whether the client has ended its side in the midst of the body. */
  private static boolean isCutOff(Request request) {
    if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2) {
      return false; // a stream that was reset takes no answer
    }
    Content.Chunk chunk = request.read();
    while (chunk != null && !chunk.isLast()) {
      chunk.release();
      chunk = request.read();
    }
    if (chunk != null) {
      chunk.release();
    }
    return chunk != null && Content.Chunk.isFailure(chunk, true);
  }

  /** A request as error pages show it: a client's query is not repeated. */
  private static final class Shown extends Request.Wrapper {
    Shown(Request request) {
      super(request);
    }

    @Override
    public HttpURI getHttpURI() {
      String path = Objects.requireNonNullElse(super.getHttpURI().getCanonicalPath(), "");
      return HttpURI.build().path(path);
    }
  }

  /** A status that Jetty has for the failure: a malformed body or query is the client's fault. */
  private static @Nullable HttpException httpException(Throwable failure) {
    return (HttpException) Causes.first(failure, HttpException.class::isInstance);
  }

  /**
   * A write has failed because the client is not there. That is no end of the context: a client may
   * leave with its answer before Jetty has learnt that it was sent.
   */
  private static final class ConnectionLostException extends IOException {
    private static final long serialVersionUID = 1L;

    ConnectionLostException(Throwable failure) {
      super(failure);
    }
  }
}
