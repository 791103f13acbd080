package dev.belay.jetty;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.FailureLog;
import dev.belay.http.server.FailureStatus;
import dev.belay.lifecycle.ShutdownException;
import dev.belay.spi.HelperThread;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket session of Jetty's under a context of its own, a child of the server's. It ends
 * when the client closes the session or goes away, when Jetty finds the session idle, or when the
 * server's context ends; and the session is closed when it ends.
 *
 * <pre>{@code
 * WebSocketUpgradeHandler.from(server, container ->
 *     container.addMapping("/prices", (request, response, callback) ->
 *         new WebSocketSession(root, "prices", new Prices())))
 * }</pre>
 *
 * <p>While a message is handled the next one is read, and no more: so the client's leaving is
 * noticed meanwhile, unless it has sent further messages before.
 *
 * <p>Made for each session anew; Jetty calls its methods.
 */
public final class WebSocketSession implements Session.Listener {
  private static final System.Logger LOG = System.getLogger("dev.belay.jetty");

  private final WebSocketEndpoint endpoint;
  private final Context server;
  private final String name;

  // Guarded by the monitor, which is held for no foreign code:
  private final Queue<Work> waiting = new ArrayDeque<>();
  private boolean working;
  private @Nullable CancellableContext ctx;
  private @Nullable Session session;
  private boolean closed; // by the client, whom Jetty answers

  /**
   * A session that has not begun.
   *
   * @param server the parent of the session's context
   * @param name the session's name, for messages and the live tree
   */
  public WebSocketSession(Context server, String name, WebSocketEndpoint endpoint) {
    this.server = Objects.requireNonNull(server, "server is null: pass the server's root");
    this.name = Objects.requireNonNull(name, "name is null: name the session, such as \"prices\"");
    this.endpoint = Objects.requireNonNull(endpoint, "endpoint is null");
  }

  /** Something for the endpoint to do. */
  private interface Work {
    void run(Context ctx, Session session) throws Exception;
  }

  @Override
  public void onWebSocketOpen(Session opened) {
    CancellableContext open = server.withName(name).withCancel();
    synchronized (this) {
      session = opened;
      ctx = open;
    }
    open.onDone(() -> close(opened, open));
    add(endpoint::onOpen);
  }

  @Override
  public void onWebSocketText(String text) {
    add((c, s) -> endpoint.onText(c, s, text));
  }

  @Override
  public void onWebSocketBinary(ByteBuffer bytes, Callback callback) {
    ByteBuffer own = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    callback.succeed();
    add((c, s) -> endpoint.onBinary(c, s, own));
  }

  /** The last that is heard of a client whose connection is lost, or which is idle. */
  @Override
  public void onWebSocketError(Throwable failure) {
    CancellableContext open = context();
    if (open != null) {
      open.cancel(new ClientGoneException("the WebSocket session has failed", failure));
    }
  }

  /** What is still being done is done for nobody. */
  @Override
  @SuppressWarnings("removal") // Jetty 12.1.0 has no other
  public void onWebSocketClose(int code, @Nullable String reason) {
    CancellableContext open;
    boolean busy;
    synchronized (this) {
      open = ctx;
      busy = working;
      closed = true;
    }
    if (open != null && busy) {
      open.cancel(new ClientGoneException("the WebSocket was closed with " + code, null));
    } else if (open != null) {
      open.close();
    }
  }

  private synchronized @Nullable CancellableContext context() {
    return ctx;
  }

  private void add(Work work) {
    boolean first;
    synchronized (this) {
      waiting.add(work);
      first = !working;
      working = true;
    }
    if (first) {
      HelperThread.unstarted("belay-websocket", this::workOff).start();
    }
  }

  /** Asks for the next message whenever one has been taken. */
  private void workOff() {
    while (true) {
      Work next;
      Session current;
      CancellableContext open;
      synchronized (this) {
        next = waiting.poll();
        current = session;
        open = ctx;
        if (next == null || current == null || open == null) {
          working = false;
          return;
        }
      }
      current.demand();
      run(next, open, current);
    }
  }

  private static void run(Work work, CancellableContext ctx, Session session) {
    if (ctx.isDone()) {
      return;
    }
    try {
      ctx.run(c -> work.run(c, session));
    } catch (Throwable failure) {
      FailureLog.write(LOG, ctx, FailureStatus.of(ctx, failure).orElse(0), failure);
      ctx.cancel(failure);
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Closes the session with what its context has ended with; it may be closed already. */
  private void close(Session session, Context ended) {
    if (isClosed()) {
      return;
    }
    Throwable cause = ended.cause();
    if (cause instanceof ClientGoneException) {
      session.disconnect();
    } else if (cause instanceof ShutdownException) {
      session.close(StatusCode.SHUTDOWN, "the server shuts down", Callback.NOOP);
    } else {
      session.close(StatusCode.SERVER_ERROR, "the session was ended here", Callback.NOOP);
    }
  }

  /** For a message of a kind that the endpoint does not take. */
  static void refuse(Session session) {
    session.close(StatusCode.BAD_DATA, "such messages are not taken here", Callback.NOOP);
  }
}
