package dev.belay.demo.order;

import dev.belay.Context;
import dev.belay.demo.SlowSteps;
import dev.belay.http.server.BadRequestException;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.jdbc.Transactions;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What is in stock, and what of it is reserved. */
public final class Stock {
  private final ContextDataSource database;

  /** Stock in {@code database}. */
  public Stock(ContextDataSource database) {
    this.database = database;
  }

  /**
   * Takes {@code lines} out of stock for an order that may yet fail.
   *
   * @param begins told once there is a connection, just before the first statement
   * @return the price of all, in cents
   * @throws BadRequestException if a product does not exist
   */
  long reserve(Context ctx, UUID orderKey, List<NewOrder.Line> lines, Runnable begins)
      throws SQLException, OutOfStockException {
    return Transactions.<Long, OutOfStockException>call(
        ctx,
        database,
        tx -> {
          begins.run();
          sleepInDatabase(tx, SlowSteps.of(ctx, "stock"));
          try (var insert = tx.prepareStatement("insert into reservation values (?, 'held')")) {
            insert.setObject(1, orderKey);
            insert.executeUpdate();
          }
          long cents = 0;
          for (NewOrder.Line line : lines) {
            cents += take(tx, orderKey, line);
          }
          return cents;
        });
  }

  private static long take(Connection tx, UUID orderKey, NewOrder.Line line)
      throws SQLException, OutOfStockException {
    long price;
    try (var select = tx.prepareStatement("select price_cents from product where id = ?")) {
      select.setInt(1, line.productId());
      try (var row = select.executeQuery()) {
        if (!row.next()) {
          throw new BadRequestException("there is no product " + line.productId());
        }
        price = row.getLong(1);
      }
    }
    try (var update =
        tx.prepareStatement("update product set stock = stock - ? where id = ? and stock >= ?")) {
      update.setInt(1, line.quantity());
      update.setInt(2, line.productId());
      update.setInt(3, line.quantity());
      if (update.executeUpdate() == 0) {
        throw new OutOfStockException(line.productId());
      }
    }
    try (var insert = tx.prepareStatement("insert into reservation_item values (?, ?, ?)")) {
      insert.setObject(1, orderKey);
      insert.setInt(2, line.productId());
      insert.setInt(3, line.quantity());
      insert.executeUpdate();
    }
    return price * line.quantity();
  }

  /** What became of a reservation that was to be released. */
  enum Release {
    /** It is back in stock; the charge may yet stand. */
    RELEASED,
    /** Its order is in the books: nothing may be undone. */
    SOLD,
    /** There is none, or it was released before. */
    NOTHING_HELD
  }

  /** Puts a reservation back, unless its order was written; waits for a write under way. */
  Release release(Context ctx, UUID orderKey) throws SQLException {
    return Transactions.<Release, RuntimeException>call(
        ctx,
        database,
        tx -> {
          String status = lockedStatus(tx, orderKey);
          switch (status) {
            case "held" -> {}
            case "undoing" -> {
              return Release.RELEASED;
            }
            case "sold" -> {
              return Release.SOLD;
            }
            default -> {
              return Release.NOTHING_HELD;
            }
          }
          putBack(tx, orderKey);
          mark(tx, orderKey, "undoing");
          return Release.RELEASED;
        });
  }

  /** Locks the products in the order in which all others do, then puts back what was taken. */
  private static void putBack(Connection tx, UUID orderKey) throws SQLException {
    try (var lock =
            tx.prepareStatement(
                """
                select p.id from product p join reservation_item i on i.product_id = p.id
                where i.order_key = ? order by p.id for update of p
                """);
        var update =
            tx.prepareStatement(
                """
                update product p set stock = p.stock + i.quantity from reservation_item i
                where i.order_key = ? and p.id = i.product_id
                """)) {
      lock.setObject(1, orderKey);
      lock.execute();
      update.setObject(1, orderKey);
      update.executeUpdate();
    }
  }

  /** Says that nothing of a released order is left to be undone. */
  void undone(Context ctx, UUID orderKey) throws SQLException {
    Transactions.<Boolean, RuntimeException>call(
        ctx,
        database,
        tx -> {
          mark(tx, orderKey, "released");
          return true;
        });
  }

  private static void mark(Connection tx, UUID orderKey, String status) throws SQLException {
    try (var update =
        tx.prepareStatement("update reservation set status = ? where order_key = ?")) {
      update.setString(1, status);
      update.setObject(2, orderKey);
      update.executeUpdate();
    }
  }

  private static String lockedStatus(Connection tx, UUID orderKey) throws SQLException {
    try (var select =
        tx.prepareStatement("select status from reservation where order_key = ? for update")) {
      select.setObject(1, orderKey);
      try (var row = select.executeQuery()) {
        return row.next() ? row.getString(1) : "none";
      }
    }
  }

  /**
   * The keys of reservations that are neither sold nor released. Waits for transactions that are
   * under way, such as the last commits of a program that was killed.
   */
  List<UUID> unsettled(Context ctx) throws SQLException {
    return Transactions.<List<UUID>, RuntimeException>call(
        ctx,
        database,
        tx -> {
          List<UUID> keys = new ArrayList<>();
          try (var lock = tx.prepareStatement("lock table reservation in share mode");
              var select =
                  tx.prepareStatement(
                      "select order_key from reservation where status in ('held', 'undoing')")) {
            lock.execute();
            try (var rows = select.executeQuery()) {
              while (rows.next()) {
                keys.add(rows.getObject(1, UUID.class));
              }
            }
          }
          return keys;
        });
  }

  /** The first {@code limit} products. */
  public List<Product> products(Context ctx, int limit) throws SQLException {
    List<Product> products = new ArrayList<>();
    try (var connection = database.connection(ctx);
        var select =
            connection.prepareStatement(
                "select id, name, price_cents, stock from product order by id limit ?")) {
      select.setInt(1, limit);
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          products.add(
              new Product(
                  rows.getInt(1),
                  rows.getString(2),
                  BigDecimal.valueOf(rows.getLong(3), 2),
                  rows.getInt(4)));
        }
      }
    }
    return products;
  }

  /** Slows a step down inside the database server, where only a real cancel ends it. */
  public static void sleepInDatabase(Connection connection, Duration delay) throws SQLException {
    if (delay.isZero()) {
      return;
    }
    try (var sleep = connection.prepareStatement("select pg_sleep(?)")) {
      sleep.setDouble(1, delay.toMillis() / 1000.0);
      sleep.execute();
    }
  }
}
