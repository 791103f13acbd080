package dev.belay.demo.storm;

import org.jspecify.annotations.Nullable;

/**
 * What one customer of a storm has seen.
 *
 * @param status of the answer; 0 if there was none
 * @param orderId of an order that was answered 201
 * @param inTime whether the answer came before the customer's own deadline
 */
record Outcome(int status, @Nullable Long orderId, boolean inTime) {
  static final Outcome NONE = new Outcome(0, null, false);
}
