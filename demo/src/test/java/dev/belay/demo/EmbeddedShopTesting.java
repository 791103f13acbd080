package dev.belay.demo;

import org.junit.jupiter.api.BeforeAll;

/** A shop that starts all it needs by itself. */
abstract class EmbeddedShopTesting extends ShopTesting {

  @BeforeAll
  static void openShop() throws Exception {
    open(Settings.embedded());
  }
}
