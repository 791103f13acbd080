package dev.belay.demo.order;

import java.math.BigDecimal;

/**
 * An order in the books.
 *
 * @param status always {@code CONFIRMED}: what fails is never written
 * @param total in the shop's currency
 */
public record Order(long id, String status, BigDecimal total) {
  static Order confirmed(long id, long totalCents) {
    return new Order(id, "CONFIRMED", BigDecimal.valueOf(totalCents, 2));
  }
}
