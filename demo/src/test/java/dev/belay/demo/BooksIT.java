package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.demo.storm.Storm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thousand orders at once, two thirds of which are given up: the books balance. */
class BooksIT extends ShopTesting {
  private static final int ORDERS = 1000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theBooksBalance(long seed) throws Exception {
    Storm.Result result = Storm.run(Context.background(), shop, ORDERS, seed, () -> {});
    assertThat(result.wrong()).isEmpty();
    assertThat(result.answers()).containsOnlyKeys(0, 201, 504);
  }
}
