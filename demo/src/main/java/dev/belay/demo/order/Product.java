package dev.belay.demo.order;

import java.math.BigDecimal;

/** A product on sale. */
public record Product(int id, String name, BigDecimal price, int stock) {}
