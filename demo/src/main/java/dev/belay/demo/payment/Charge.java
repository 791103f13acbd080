package dev.belay.demo.payment;

import java.util.UUID;

/**
 * What is to be charged.
 *
 * @param key the idempotency key
 */
public record Charge(UUID key, long cents) {}
