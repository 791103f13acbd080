package dev.belay.tomcat;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connector whose responses are not complete. Tomcat comes through here for
 * each, and sends the last part of its response before it returns.
 *
 * <p>A request leaves the set before it looks for a shutdown, and a shutdown is set before it looks
 * for requests: so one of the two sees that none is left.
 */
final class Exchanges implements Adapter {
  private final Adapter adapter;
  private final Set<Request> running = ConcurrentHashMap.newKeySet();
  private volatile @Nullable CompletableFuture<Void> shutdown;

  Exchanges(Adapter adapter) {
    this.adapter = adapter;
  }

  /** Completed when no request is in flight. */
  CompletableFuture<Void> shutdown() {
    var none = new CompletableFuture<Void>();
    shutdown = none;
    check();
    return none;
  }

  private void check() {
    CompletableFuture<Void> none = shutdown;
    if (none != null && running.isEmpty()) {
      none.complete(null);
    }
  }

  private void endUnlessAsync(Request request) {
    var async = new AtomicBoolean();
    request.action(ActionCode.ASYNC_IS_ASYNC, async);
    if (!async.get()) {
      running.remove(request);
      check();
    }
  }

  @Override
  public void service(Request request, Response response) throws Exception {
    running.add(request);
    try {
      adapter.service(request, response);
    } finally {
      endUnlessAsync(request);
    }
  }

  @Override
  public boolean asyncDispatch(Request request, Response response, SocketEvent status)
      throws Exception {
    try {
      return adapter.asyncDispatch(request, response, status);
    } finally {
      endUnlessAsync(request);
    }
  }

  @Override
  public boolean prepare(Request request, Response response) throws Exception {
    return adapter.prepare(request, response);
  }

  @Override
  public void log(Request request, Response response, long time) {
    adapter.log(request, response, time);
  }

  @Override
  public void checkRecycled(Request request, Response response) {
    adapter.checkRecycled(request, response);
  }

  @Override
  public String getDomain() {
    return adapter.getDomain();
  }
}
