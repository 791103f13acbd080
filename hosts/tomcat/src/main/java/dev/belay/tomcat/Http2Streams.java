package dev.belay.tomcat;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.jspecify.annotations.Nullable;

/** The watches of one HTTP/2 connection, one for each stream that is being handled. */
final class Http2Streams {
  private final ConcurrentMap<Integer, Http2Watch> watches = new ConcurrentHashMap<>();
  private final Adapter adapter;

  /** Made after this, which it needs; and before any stream begins. */
  private volatile @Nullable Http2Handler handler;

  Http2Streams(Adapter adapter) {
    this.adapter = new WatchingAdapter(adapter, this::watch);
  }

  Adapter adapter() {
    return adapter;
  }

  void connect(Http2Handler made) {
    handler = made;
  }

  private Http2Watch watch(Request request, Response response) {
    Http2Handler connected = handler;
    if (connected == null) {
      throw new IllegalStateException("a stream before its connection");
    }
    int stream = Integer.parseInt(request.getProtocolRequestId());
    var watch = new Http2Watch(connected, stream, request, response);
    watches.put(stream, watch);
    return watch;
  }

  void remove(int stream) {
    watches.remove(stream);
  }

  void gone(int stream, Throwable why) {
    Http2Watch watch = watches.get(stream);
    if (watch != null) {
      watch.gone(why);
    }
  }

  void arrived(int stream) {
    Http2Watch watch = watches.get(stream);
    if (watch != null) {
      watch.arrived();
    }
  }

  /** Something may have become of any stream, as of one that broke the protocol. */
  void lookAgain() {
    watches.values().forEach(Http2Watch::arrived);
  }

  void lost(Throwable why) {
    watches
        .values()
        .forEach(
            watch -> {
              watch.gone(why);
              watch.arrived();
            });
  }
}
