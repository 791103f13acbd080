package dev.belay.jetty;

import dev.belay.http.spi.SocketWatch;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection behind bytes that are not read: watched for one request after another,
 * while {@link WatchEndPoint} wants it. Where the JVM has no {@link SocketWatch} nothing is seen.
 */
final class FarEnd {
  private final EndPoint endPoint;
  private final Executor executor;
  private final boolean halfCloseIsGone;
  private final Runnable gone;

  // Guarded by this:
  private boolean wanted;
  private SocketWatch.@Nullable Watched watched;

  /**
   * The far end of {@code endPoint}, not yet watched.
   *
   * @param gone must only start what is to be done
   */
  FarEnd(EndPoint endPoint, Executor executor, boolean halfCloseIsGone, Runnable gone) {
    this.endPoint = endPoint;
    this.executor = executor;
    this.halfCloseIsGone = halfCloseIsGone;
    this.gone = gone;
  }

  /** From now on it is to be watched; true if {@link #look} is to be called for that. */
  synchronized boolean want() {
    boolean first = !wanted;
    wanted = true;
    return first;
  }

  /** Begins to watch, on another thread: all descriptors of the process are looked at. */
  void look() {
    SocketWatch sockets = SocketWatch.shared();
    if (sockets != null
        && endPoint.getLocalSocketAddress() instanceof InetSocketAddress local
        && endPoint.getRemoteSocketAddress() instanceof InetSocketAddress remote) {
      executor.execute(() -> keep(sockets.watch(local, remote, halfCloseIsGone, gone)));
    }
  }

  private void keep(SocketWatch.@Nullable Watched started) {
    SocketWatch.Watched stopped = started;
    synchronized (this) {
      if (wanted && watched == null) {
        watched = started;
        stopped = null;
      }
    }
    if (stopped != null) {
      stopped.stop(); // the request was over
    }
  }

  /** It need not be watched any more. */
  void forget() {
    SocketWatch.Watched stopped;
    synchronized (this) {
      wanted = false;
      stopped = watched;
      watched = null;
    }
    if (stopped != null) {
      stopped.stop();
    }
  }
}
