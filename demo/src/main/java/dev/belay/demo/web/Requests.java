package dev.belay.demo.web;

import dev.belay.Context;
import dev.belay.jetty.ContextEndpoint;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** Counts requests, so that a shutdown can wait for them and say what became of them. */
public final class Requests implements ContextEndpoint {
  private final ContextEndpoint endpoint;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int running;
  private boolean closing;
  private int finishedWhileClosing;
  private int cancelledWhileClosing;

  /** Counts the requests of {@code endpoint}. */
  public Requests(ContextEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public void handle(Context ctx, Request request, Response response) throws Exception {
    if (!begun()) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      new Failure("shutting down; nothing was done", Failure.newId()).answer(response, 503);
      return;
    }
    try {
      endpoint.handle(ctx, request, response);
    } finally {
      ended(!response.isCommitted() || response.getStatus() >= 500);
    }
  }

  private boolean begun() {
    lock.lock();
    try {
      if (!closing) {
        running++;
      }
      return !closing;
    } finally {
      lock.unlock();
    }
  }

  private void ended(boolean cancelled) {
    lock.lock();
    try {
      running--;
      if (closing && cancelled) {
        cancelledWhileClosing++;
      } else if (closing) {
        finishedWhileClosing++;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many are being answered. */
  public int running() {
    lock.lock();
    try {
      return running;
    } finally {
      lock.unlock();
    }
  }

  /** From now on requests are refused, and what ends is counted for the report. */
  public void closing() {
    lock.lock();
    try {
      closing = true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until none is running, at most {@code timeout}; whether that is so. */
  public boolean awaitNone(Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (running > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return running == 0;
    } finally {
      lock.unlock();
    }
  }

  /** What became of the requests that were running when the shutdown began. */
  public Report report() {
    lock.lock();
    try {
      return new Report(finishedWhileClosing, cancelledWhileClosing, running);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Requests at shutdown.
   *
   * @param stuck that ended neither by themselves nor when cancelled
   */
  public record Report(int finished, int cancelled, int stuck) {}
}
