package dev.belay.demo.order;

import dev.belay.Context;
import dev.belay.demo.SlowSteps;
import dev.belay.demo.mail.MailHeaders;
import dev.belay.http.wire.WireHeaders;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.jdbc.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The orders that were taken. */
public final class OrderBook {
  private final ContextDataSource database;
  private final WireHeaders headers;

  /**
   * Orders in {@code database}.
   *
   * @param headers what of them a request has is kept with its mail
   */
  public OrderBook(ContextDataSource database, WireHeaders headers) {
    this.database = database;
    this.headers = headers;
  }

  /** Writes the order, its mail and the sale of its reservation, all or nothing. */
  Order write(Context ctx, UUID orderKey, String email, long totalCents, @Nullable Replay replay)
      throws SQLException {
    return Transactions.<Order, RuntimeException>call(
        ctx,
        database,
        tx -> {
          Stock.sleepInDatabase(tx, SlowSteps.of(ctx, "order"));
          sell(tx, orderKey);
          long id = insert(tx, orderKey, email, totalCents, replay);
          try (var mail =
              tx.prepareStatement("insert into mail (order_id, headers) values (?, ?)")) {
            mail.setLong(1, id);
            mail.setString(2, MailHeaders.write(ctx, headers));
            mail.executeUpdate();
          }
          return Order.confirmed(id, totalCents);
        });
  }

  private static void sell(Connection tx, UUID orderKey) throws SQLException {
    try (var update =
        tx.prepareStatement(
            "update reservation set status = 'sold' where order_key = ? and status = 'held'")) {
      update.setObject(1, orderKey);
      if (update.executeUpdate() != 1) {
        throw new SQLException("the reservation of " + orderKey + " is not held any more");
      }
    }
  }

  private static long insert(
      Connection tx, UUID orderKey, String email, long totalCents, @Nullable Replay replay)
      throws SQLException {
    try (var insert =
        tx.prepareStatement(
            """
            insert into orders (order_key, email, total_cents, idempotency_key, content_sha256)
            values (?, ?, ?, ?, ?) returning id
            """)) {
      insert.setObject(1, orderKey);
      insert.setString(2, email);
      insert.setLong(3, totalCents);
      insert.setString(4, replay == null ? null : replay.key());
      insert.setBytes(5, replay == null ? null : replay.content());
      try (var row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** The order of that number. */
  public Optional<Order> find(Context ctx, long id) throws SQLException {
    return find(ctx, "select id, total_cents from orders where id = ?", id);
  }

  /** The order that was written under that key. */
  Optional<Order> find(Context ctx, UUID orderKey) throws SQLException {
    return find(ctx, "select id, total_cents from orders where order_key = ?", orderKey);
  }

  /**
   * The order that was written under that idempotency key.
   *
   * @throws KeyReusedException if it is another one than {@code replay} is of
   */
  Optional<Order> find(Context ctx, Replay replay) throws SQLException {
    try (var connection = database.connection(ctx);
        var select =
            connection.prepareStatement(
                "select id, total_cents, content_sha256 from orders where idempotency_key = ?")) {
      select.setString(1, replay.key());
      try (var row = select.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        replay.requireSame(row.getBytes(3));
        return Optional.of(Order.confirmed(row.getLong(1), row.getLong(2)));
      }
    }
  }

  private Optional<Order> find(Context ctx, String query, Object key) throws SQLException {
    try (var connection = database.connection(ctx);
        var select = connection.prepareStatement(query)) {
      select.setObject(1, key);
      try (var row = select.executeQuery()) {
        return row.next()
            ? Optional.of(Order.confirmed(row.getLong(1), row.getLong(2)))
            : Optional.empty();
      }
    }
  }
}
