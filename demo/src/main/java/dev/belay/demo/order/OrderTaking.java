package dev.belay.demo.order;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.demo.Printable;
import dev.belay.demo.order.OrderFailedException.Remains;
import dev.belay.demo.payment.PaymentClient;
import dev.belay.otel.Tracing;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an order: stock, then money, then the books. What fails on the way, or is given up because
 * the customer left, is undone.
 */
public final class OrderTaking {
  private static final Logger log = LoggerFactory.getLogger(OrderTaking.class);

  /** The database answers within this or not at all; the request may have less. */
  private static final Duration STEP_LIMIT = Duration.ofSeconds(60);

  private final Stock stock;
  private final PaymentClient payments;
  private final OrderBook orders;
  private final Undoing undoing;
  private final Runnable mailWaits;
  private final Tracing tracing;

  /**
   * Takes orders with these parts.
   *
   * @param mailWaits told after each order that a mail waits to be sent
   * @param tracing makes a span of each step
   */
  public OrderTaking(
      Stock stock,
      PaymentClient payments,
      OrderBook orders,
      Undoing undoing,
      Runnable mailWaits,
      Tracing tracing) {
    this.stock = stock;
    this.payments = payments;
    this.orders = orders;
    this.undoing = undoing;
    this.mailWaits = mailWaits;
    this.tracing = tracing;
  }

  /** How far an order has come. */
  private static final class Progress {
    final UUID key = UUID.randomUUID();
    boolean reserving;
    boolean charging;
  }

  /**
   * Takes one order; either all of it happens or nothing. One that was taken before under the same
   * key is given again.
   *
   * @param idempotencyKey what the customer names the order by; null if it has no name
   * @throws dev.belay.http.server.BadRequestException if it is not an order at all
   * @throws KeyReusedException if another order was taken under that key
   * @throws OrderFailedException if it was not taken, for the reason that is its cause
   */
  public Order take(Context ctx, NewOrder order, @Nullable String idempotencyKey)
      throws OrderFailedException {
    String email = order.checkedEmail();
    List<NewOrder.Line> lines = order.lines();
    Replay replay = idempotencyKey == null ? null : Replay.of(idempotencyKey, email, lines);
    var progress = new Progress();
    try {
      Optional<Order> earlier = earlier(ctx, replay);
      return earlier.isPresent() ? earlier.get() : take(ctx, progress, email, lines, replay);
    } catch (KeyReusedException e) {
      throw e;
    } catch (Exception | Error e) {
      // Without a connection not even the first step has begun.
      Remains remains =
          progress.reserving ? undoing.undo(ctx, progress.key, progress.charging) : Remains.NOTHING;
      if (e instanceof Error error) {
        throw error;
      }
      Optional<Order> taken =
          Replay.isLost(e) ? winner(ctx, replay) : standing(ctx, progress.key, remains);
      return taken.orElseThrow(() -> new OrderFailedException(e, remains));
    }
  }

  private Optional<Order> earlier(Context ctx, @Nullable Replay replay) throws SQLException {
    return replay == null ? Optional.empty() : orders.find(ctx, replay);
  }

  /** The order of another request with the same key, which was written first. */
  private Optional<Order> winner(Context ctx, @Nullable Replay replay) {
    try {
      return earlier(ctx, replay);
    } catch (SQLException e) {
      log.warn("an order that was sent twice was not found: {}", Printable.of(e));
      return Optional.empty();
    }
  }

  private Order take(
      Context ctx,
      Progress progress,
      String email,
      List<NewOrder.Line> lines,
      @Nullable Replay replay)
      throws Exception {
    UUID key = progress.key;
    long cents =
        step(ctx, "stock", c -> stock.reserve(c, key, lines, () -> progress.reserving = true));
    progress.charging = true;
    step(
        ctx,
        "charge",
        c -> {
          payments.charge(c, key, cents);
          return cents;
        });
    Order taken = step(ctx, "order", c -> orders.write(c, key, email, cents, replay));
    mailWaits.run();
    return taken;
  }

  /** One step: named, for the story of a deadline and for its span, and with a tighter deadline. */
  private <T, X extends Exception> T step(Context ctx, String name, ContextCallable<T, X> body)
      throws X {
    try (CancellableContext limited = ctx.withTimeout(STEP_LIMIT)) {
      return tracing.call(limited, name, body);
    }
  }

  /** The order all the same, if it had reached the books before the failure: a commit went well. */
  private Optional<Order> standing(Context ctx, UUID key, Remains remains) {
    if (remains != Remains.THE_ORDER) {
      return Optional.empty();
    }
    mailWaits.run();
    try (CancellableContext detached = ctx.detach("find order", STEP_LIMIT)) {
      return orders.find(detached, key);
    } catch (SQLException | RuntimeException e) {
      log.warn("order {}: stands, but was not found: {}", key, Printable.of(e));
      return Optional.empty();
    }
  }
}
