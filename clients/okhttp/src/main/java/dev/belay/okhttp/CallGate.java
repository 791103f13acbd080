package dev.belay.okhttp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.HttpUrl;

/**
 * Lets a cancel through only while it cannot hit another call. OkHttp's {@link Call#cancel} looks
 * which exchange the call has, then closes the socket below it. If the body's end comes in between,
 * the connection may be back in the pool by then, and in use by another request. So the end of a
 * body and a cancel exclude each other, until the call has let go of the exchange.
 */
final class CallGate extends EventListener {
  /** A call that never says that it has let go must not keep a cancel waiting for ever. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Duration patience;
  private final Semaphore gate = new Semaphore(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean sending;

  CallGate(Duration patience) {
    this.patience = patience;
  }

  void cancel(Call call) {
    boolean taken = take();
    try {
      call.cancel();
    } finally {
      if (taken) {
        gate.release();
      }
    }
  }

  /** Whether something of the request was sent. */
  boolean isSending() {
    return sending;
  }

  private boolean take() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return gate.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void close() {
    if (closed.compareAndSet(false, true)) {
      gate.acquireUninterruptibly();
    }
  }

  private void open() {
    if (closed.compareAndSet(true, false)) {
      gate.release();
    }
  }

  // ---- the call is about to let go of its exchange

  @Override
  public void responseBodyEnd(Call call, long byteCount) {
    close();
  }

  @Override
  public void responseFailed(Call call, IOException failure) {
    close();
  }

  // ---- it has, and ends or goes on with another

  @Override
  public void connectionReleased(Call call, Connection connection) {
    open();
  }

  @Override
  public void callEnd(Call call) {
    open();
  }

  @Override
  public void callFailed(Call call, IOException failure) {
    open();
  }

  @Override
  public void proxySelectStart(Call call, HttpUrl url) {
    open();
  }

  @Override
  public void dnsStart(Call call, String domainName) {
    open();
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    open();
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    open();
  }

  @Override
  public void requestHeadersStart(Call call) {
    sending = true;
    open();
  }
}
