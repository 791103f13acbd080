package dev.belay.http.spi;

import dev.belay.spi.HelperThread;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The end of one connection behind bytes that its host does not read: watched for one request after
 * another, while the host wants it. Where the JVM has no {@link SocketWatch} nothing is seen. Any
 * thread may call anything; no method waits.
 */
public final class FarEnd {
  private static final Logger log = System.getLogger("dev.belay.http");

  private final boolean halfCloseIsGone;
  private final Runnable gone;

  // Guarded by this:
  private boolean wanted;
  private SocketWatch.@Nullable Watched watched;

  /**
   * The far end of a connection, not yet watched.
   *
   * @param halfCloseIsGone whether the end of the client's sending is an end
   * @param gone is run at the end, on the watch's thread: it must only start what is to be done
   */
  public FarEnd(boolean halfCloseIsGone, Runnable gone) {
    this.halfCloseIsGone = halfCloseIsGone;
    this.gone = gone;
  }

  /**
   * From now on it is to be watched. It takes no lock of its own for longer than a moment, so a
   * host may call it under one.
   *
   * @return whether {@link #look} is to be called for that, best without a lock
   */
  public synchronized boolean want() {
    boolean first = !wanted;
    wanted = true;
    return first;
  }

  /**
   * Begins to watch the connection between the two addresses, on a thread of its own: all
   * descriptors of the process are looked at. Does nothing for a socket of another family.
   *
   * @param local as the host knows it; null if it does not
   * @param remote the same
   */
  public void look(@Nullable SocketAddress local, @Nullable SocketAddress remote) {
    SocketWatch sockets = SocketWatch.shared();
    if (sockets != null
        && local instanceof InetSocketAddress near
        && remote instanceof InetSocketAddress far) {
      HelperThread.unstarted(
              "belay-far-end", () -> keep(sockets.watch(near, far, halfCloseIsGone, gone)))
          .start();
    }
  }

  private void keep(SocketWatch.@Nullable Watched started) {
    SocketWatch.Watched stopped = started;
    boolean missed;
    synchronized (this) {
      missed = wanted && started == null;
      if (wanted && watched == null) {
        watched = started;
        stopped = null;
      }
    }
    if (stopped != null) {
      stopped.stop(); // the request was over
    }
    if (missed) {
      log.log(
          Level.DEBUG,
          "A connection's descriptor was not found, or is closed: its end behind unread bytes is"
              + " noticed when they are read, at the latest at the deadline");
    }
  }

  /** It need not be watched any more. */
  public void forget() {
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
