package dev.belay.demo.order;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.demo.payment.PaymentClient;
import dev.belay.demo.payment.PaymentException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an order: stock, then money, then the books. What fails on the way, or is given up because
 * the customer left, is undone by work that no longer depends on the request: detached by name,
 * with a limit.
 */
public final class OrderTaking {
  private static final Logger log = LoggerFactory.getLogger(OrderTaking.class);

  /** The database answers within this or not at all; the request may have less. */
  private static final Duration STEP_LIMIT = Duration.ofSeconds(60);

  private static final Duration UNDO_LIMIT = Duration.ofSeconds(20);

  private final Stock stock;
  private final PaymentClient payments;
  private final OrderBook orders;
  private final Runnable mailWaits;

  /**
   * Takes orders with these parts.
   *
   * @param mailWaits told after each order that a mail waits to be sent
   */
  public OrderTaking(Stock stock, PaymentClient payments, OrderBook orders, Runnable mailWaits) {
    this.stock = stock;
    this.payments = payments;
    this.orders = orders;
    this.mailWaits = mailWaits;
  }

  /** Takes one order; either all of it happens or nothing. */
  public Order take(Context ctx, NewOrder order)
      throws SQLException,
          OutOfStockException,
          IOException,
          InterruptedException,
          PaymentException {
    String email = order.checkedEmail();
    List<NewOrder.Line> lines = order.lines();
    UUID key = UUID.randomUUID();
    boolean done = false;
    boolean charging = false;
    try {
      long cents = step(ctx, "stock", c -> stock.reserve(c, key, lines));
      charging = true;
      step(
          ctx,
          "charge",
          c -> {
            payments.charge(c, key, cents);
            return cents;
          });
      Order taken = step(ctx, "order", c -> orders.write(c, key, email, cents));
      done = true;
      mailWaits.run();
      return taken;
    } catch (Exception e) {
      throw failed(e);
    } finally {
      if (!done) {
        undo(ctx, key, charging);
      }
    }
  }

  /** One step: named, for the story of a deadline, and with a tighter one. */
  private static <T, X extends Exception> T step(
      Context ctx, String name, dev.belay.ContextCallable<T, X> body) throws X {
    try (CancellableContext limited = ctx.withTimeout(STEP_LIMIT)) {
      return limited.withName(name).call(body);
    }
  }

  private static RuntimeException failed(Exception e)
      throws SQLException,
          OutOfStockException,
          IOException,
          InterruptedException,
          PaymentException {
    switch (e) {
      case RuntimeException unchecked -> throw unchecked;
      case SQLException sql -> throw sql;
      case OutOfStockException stock -> throw stock;
      case IOException io -> throw io;
      case InterruptedException interrupted -> throw interrupted;
      case PaymentException payment -> throw payment;
      default -> throw new AssertionError("no step throws this", e);
    }
  }

  /** Undoes what was done of an order, unless it has reached the books. */
  private void undo(Context ctx, UUID key, boolean charging) {
    boolean interrupted = Thread.interrupted(); // ours to hold: the undoing must not be stopped
    try {
      undoDetached(ctx, key, charging);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void undoDetached(Context ctx, UUID key, boolean charging) {
    try (CancellableContext release = ctx.detach("release stock", UNDO_LIMIT)) {
      Stock.Release released = release.call(c -> stock.release(c, key));
      switch (released) {
        case SOLD -> {
          log.info("order {}: had reached the books, stands", key);
          return;
        }
        case RELEASED -> log.info("order {}: stock released", key);
        case NOTHING_HELD -> log.info("order {}: no stock was held", key);
      }
    } catch (SQLException | RuntimeException e) {
      log.error("order {}: stock not released; the next start will", key, e);
      return;
    }
    if (charging && !voidCharge(ctx, key)) {
      return;
    }
    try (CancellableContext undone = ctx.detach("undone", UNDO_LIMIT)) {
      undone.run(c -> stock.undone(c, key));
      log.info("order {}: nothing written, no mail", key);
    } catch (SQLException | RuntimeException e) {
      log.error("order {}: undone, but not marked; the next start undoes it again", key, e);
    }
  }

  private boolean voidCharge(Context ctx, UUID key) {
    try (CancellableContext undo = ctx.detach("void charge", UNDO_LIMIT)) {
      undo.<Exception>run(c -> payments.voidCharge(c, key));
      log.info("order {}: charge voided", key);
      return true;
    } catch (InterruptedException e) {
      log.error("order {}: interrupted before the charge was voided", key);
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.error("order {}: charge not voided; the next start will", key, e);
    }
    return false;
  }

  /** Undoes what a program that was killed has left half done. Call it before any request. */
  public void recover(Context ctx) throws SQLException {
    for (UUID key : stock.heldByNobody(ctx)) {
      log.info("order {}: left half done by an earlier run", key);
      undo(ctx, key, true);
    }
  }
}
