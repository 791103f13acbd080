package dev.belay.demo.payment;

import dev.belay.Context;
import dev.belay.demo.SlowSteps;
import dev.belay.demo.order.Stock;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.jdbc.Transactions;
import java.sql.SQLException;
import java.util.UUID;

/** The payment service's books. */
public final class PaymentService {
  private final ContextDataSource database;

  /** Books in {@code database}. */
  public PaymentService(ContextDataSource database) {
    this.database = database;
  }

  /**
   * Captures a charge once per key.
   *
   * @return false if it was voided before
   */
  public boolean capture(Context ctx, Charge charge) throws SQLException {
    return Transactions.<Boolean, RuntimeException>call(
        ctx,
        database,
        tx -> {
          Stock.sleepInDatabase(tx, SlowSteps.of(ctx, "charge"));
          try (var insert =
              tx.prepareStatement(
                  """
                  insert into charge values (?, ?, 'captured', true)
                  on conflict (idempotency_key) do nothing
                  """)) {
            insert.setObject(1, charge.key());
            insert.setLong(2, charge.cents());
            insert.executeUpdate();
          }
          try (var select =
              tx.prepareStatement("select status from charge where idempotency_key = ?")) {
            select.setObject(1, charge.key());
            try (var row = select.executeQuery()) {
              return row.next() && row.getString(1).equals("captured");
            }
          }
        });
  }

  /** Voids the charge of {@code key}; one that comes later is refused. */
  public void voidCharge(Context ctx, UUID key) throws SQLException {
    Transactions.<Integer, RuntimeException>call(
        ctx,
        database,
        tx -> {
          try (var upsert =
              tx.prepareStatement(
                  """
                  insert into charge values (?, 0, 'voided', false)
                  on conflict (idempotency_key) do update set status = 'voided'
                  """)) {
            upsert.setObject(1, key);
            return upsert.executeUpdate();
          }
        });
  }
}
