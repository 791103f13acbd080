package dev.belay.tomcat;

import dev.belay.http.spi.ClientWatch;
import java.util.function.BiFunction;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;

/** Gives each request a watch, where the filter finds it, and passes everything on. */
final class WatchingAdapter implements Adapter {
  private final Adapter adapter;
  private final BiFunction<Request, Response, TomcatWatch> watches;

  WatchingAdapter(Adapter adapter, BiFunction<Request, Response, TomcatWatch> watches) {
    this.adapter = adapter;
    this.watches = watches;
  }

  @Override
  public void service(Request request, Response response) throws Exception {
    TomcatWatch watch = watches.apply(request, response);
    request.setAttribute(ClientWatch.ATTRIBUTE, watch);
    try {
      adapter.service(request, response);
    } finally {
      watch.closeUnlessBegun();
    }
  }

  @Override
  public boolean prepare(Request request, Response response) throws Exception {
    return adapter.prepare(request, response);
  }

  @Override
  public boolean asyncDispatch(Request request, Response response, SocketEvent status)
      throws Exception {
    return adapter.asyncDispatch(request, response, status);
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
