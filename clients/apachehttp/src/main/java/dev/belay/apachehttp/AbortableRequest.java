package dev.belay.apachehttp;

import java.net.URI;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * A request whose cancel loses no connection. One that is being made and has no socket yet (its
 * name is being resolved), Apache's client would connect after the cancel and then forget, open: so
 * its maker is interrupted instead, and cancels it when there is something to close.
 */
final class AbortableRequest extends HttpUriRequestBase {
  private static final long serialVersionUID = 1L;

  private transient volatile @Nullable Thread sender;
  private transient volatile @Nullable ExecRuntime runtime;
  private volatile boolean aborted;

  AbortableRequest(String method, URI uri) {
    super(method, uri);
  }

  /**
   * Sets the thread to be interrupted. The thread has to be a virtual one, whose connecting and
   * reading an interrupt ends, and to live for this request alone.
   */
  void sentBy(Thread thread) {
    sender = thread;
  }

  @Override
  public void setDependency(Cancellable dependency) {
    runtime = dependency instanceof ExecRuntime known ? known : null;
    super.setDependency(dependency);
  }

  /** Any thread may call it. */
  @Override
  public void abort() {
    aborted = true; // first, so that a thread that binds a socket after the check below sees it
    ExecRuntime current = runtime;
    Thread maker = sender;
    if (current == null
        || maker == null
        || !current.isEndpointAcquired()
        || current.isEndpointConnected()) {
      cancel();
    } else {
      maker.interrupt();
    }
  }

  /** Asked by Apache's client before it connects, and again before it uses the connection. */
  @Override
  public boolean isCancelled() {
    if (aborted) {
      cancel();
    }
    return super.isCancelled();
  }
}
