package dev.belay.demo.order;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.demo.Printable;
import dev.belay.demo.WorkForNobody;
import dev.belay.demo.order.OrderFailedException.Remains;
import dev.belay.demo.payment.PaymentClient;
import dev.belay.demo.payment.PaymentException;
import dev.belay.lifecycle.Part;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes orders that failed or were given up. Each is tried once in the request's own time, by work
 * that no longer depends on the request: detached by name, with a limit. What that leaves, because
 * the database or the payment service is not to be had, a worker tries again until it is done; what
 * is left at the end is found by the next start.
 */
public final class Undoing implements Part {
  private static final Logger log = LoggerFactory.getLogger(Undoing.class);

  /** A customer waits for this, or its thread does. */
  private static final Duration FIRST_LIMIT = Duration.ofSeconds(5);

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);

  private final CancellableContext ctx;
  private final Stock stock;
  private final PaymentClient payments;
  private final Set<UUID> left = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<UUID> next = new LinkedBlockingQueue<>();
  private final Thread worker;

  /** Starts a worker that runs until it is closed, or {@code parent} ends. */
  public Undoing(Context parent, Stock stock, PaymentClient payments) {
    this.ctx = parent.withName("undoing").withCancel();
    this.stock = stock;
    this.payments = payments;
    this.worker = Thread.ofVirtual().name("undoing").start(this::work);
  }

  /** Undoes what a request has begun; what does not work now is done later. */
  Remains undo(Context request, UUID key, boolean charging) {
    boolean interrupted = Thread.interrupted(); // ours to hold: the undoing must not be stopped
    try (CancellableContext detached = request.detach("undo order", FIRST_LIMIT)) {
      return WorkForNobody.undoing(detached).call(c -> undoOnce(c, key, charging));
    } catch (Exception e) {
      log.warn("order {}: not undone, will be tried again: {}", key, Printable.of(e));
      later(key);
      return Remains.TO_BE_UNDONE;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Undoes what a program that was killed has left half done. Call it before any request. */
  public void recover(Context ctx) throws SQLException {
    for (UUID key : stock.unsettled(ctx)) {
      log.info("order {}: left half done by an earlier run", key);
      later(key);
    }
  }

  /** How many orders are yet to be undone. */
  public int left() {
    return left.size();
  }

  /** Waits until none is left, or {@code ctx} ends. */
  @Override
  public void drain(Context ctx) throws InterruptedException {
    while (left() > 0) {
      ctx.sleep(Duration.ofMillis(5));
    }
  }

  private void later(UUID key) {
    left.add(key);
    next.add(key);
  }

  private void work() {
    while (!ctx.isDone()) {
      try {
        UUID key = ctx.callInterruptibly(c -> next.take());
        if (!undone(key)) {
          next.add(key);
          ctx.sleep(PAUSE_AFTER_FAILURE);
        }
      } catch (ContextEndedException | InterruptedException e) {
        log.debug("no more orders are undone", e);
      }
    }
  }

  private boolean undone(UUID key) {
    try (CancellableContext limited = ctx.withTimeout(LIMIT)) {
      limited.run(c -> undoOnce(c, key, true));
      left.remove(key);
      return true;
    } catch (Exception e) {
      log.debug("order {}: not undone yet", key, e);
      return false;
    }
  }

  /** Every step may have been made before: each can be made again. */
  private Remains undoOnce(Context ctx, UUID key, boolean charging)
      throws SQLException, InterruptedException, PaymentException {
    switch (stock.release(ctx, key)) {
      case SOLD -> {
        log.info("order {}: had reached the books, stands", key);
        return Remains.THE_ORDER;
      }
      case RELEASED -> log.info("order {}: stock released", key);
      case NOTHING_HELD -> log.info("order {}: no stock was held", key);
    }
    if (charging) {
      payments.voidCharge(ctx, key);
      log.info("order {}: charge voided", key);
    }
    stock.undone(ctx, key);
    log.info("order {}: nothing written, no mail", key);
    return Remains.NOTHING;
  }

  /** Ends the worker; what is left waits for the next start. */
  @Override
  public void close() {
    ctx.close();
    try {
      worker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (left() > 0) {
      log.warn("{} orders are left to be undone by the next start", left());
    }
  }
}
