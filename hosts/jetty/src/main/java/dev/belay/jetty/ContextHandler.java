package dev.belay.jetty;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.FailureStatus;
import dev.belay.http.server.RequestContexts;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;

/**
 * Runs a {@link ContextEndpoint} for each request under a context of its own, which ends as soon as
 * the client goes away, also while the endpoint blocks. On HTTP/1.1 that needs a connector with
 * {@link ContextHttpConnectionFactory}; on HTTP/2 nothing else.
 *
 * <p>A failure of the endpoint is answered with the status and the text of {@link FailureStatus}.
 * When the client is gone, Jetty still asks the server's error handler for an answer that nobody
 * reads: one that logs finds an {@link EofException} as the request's failure.
 *
 * <p>The server's context is its owner's: end it at shutdown, and every request's context ends.
 */
public final class ContextHandler extends Handler.Abstract {
  private final Context server;
  private final RequestContexts contexts;
  private final boolean interrupting;
  private final ContextEndpoint endpoint;

  /**
   * A handler that never interrupts its endpoint.
   *
   * @param server the parent of every request's context
   * @param contexts the limit of a request, and the headers that are read of it
   */
  public ContextHandler(Context server, RequestContexts contexts, ContextEndpoint endpoint) {
    this(server, contexts, false, endpoint);
  }

  private ContextHandler(
      Context server, RequestContexts contexts, boolean interrupting, ContextEndpoint endpoint) {
    this.server = Objects.requireNonNull(server, "server is null: pass the server's root");
    this.contexts = Objects.requireNonNull(contexts, "contexts is null: pass a limit");
    this.interrupting = interrupting;
    this.endpoint = Objects.requireNonNull(endpoint, "endpoint is null");
  }

  /**
   * The same, but the end of a request's context interrupts its endpoint. For endpoints that wait
   * in ways which know nothing of contexts, and hold nothing that an interrupt breaks: on a virtual
   * thread it closes the socket that is being read.
   */
  public ContextHandler withInterrupts() {
    return new ContextHandler(server, contexts, true, endpoint);
  }

  /**
   * Runs the endpoint here, or on a virtual thread where the server has them: Jetty hands some
   * requests over on its own threads all the same, such as one that came with a TLS handshake.
   */
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
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
    String name = request.getMethod() + " " + request.getHttpURI().getCanonicalPath();
    CancellableContext ctx = contexts.open(server, name, request.getHeaders()::get);
    try {
      run(ctx, request, response);
      callback.succeeded();
    } catch (Throwable failure) {
      answer(ctx, request, response, callback, failure);
    }
  }

  private void run(CancellableContext owned, Request request, Response response) throws Exception {
    ClientWatch watch = ClientWatch.of(request);
    try (owned;
        watch) {
      watch.begin(gone -> owned.cancel(new ClientGoneException("client gone", gone)));
      run((Context) owned, watch.request(), watch.response(response));
    }
  }

  private void run(Context ctx, Request request, Response response) throws Exception {
    if (interrupting) {
      ctx.runInterruptibly(c -> endpoint.handle(c, request, response));
    } else {
      ctx.run(c -> endpoint.handle(c, request, response));
    }
  }

  private static void answer(
      Context ctx, Request request, Response response, Callback callback, Throwable failure) {
    OptionalInt status = FailureStatus.of(ctx, failure);
    if (status.isEmpty() || response.isCommitted()) {
      // Quiet in Jetty's log: nobody has failed.
      callback.failed(status.isEmpty() ? new EofException(failure) : failure);
    } else {
      int code = status.getAsInt();
      Response.writeError(request, response, callback, code, FailureStatus.text(code, failure));
    }
  }
}
