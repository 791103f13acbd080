package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.demo.storm.Storm;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A thousand orders at once, two thirds of which are given up: the books balance. */
class BooksIT extends EmbeddedShopTesting {
  private static final int ORDERS = 1000;

  /** As many storms as asked for; {@code ./build stress} asks for more. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Integer.getInteger("belay.demo.storms", 2));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theBooksBalance(long seed) throws Exception {
    Storm.Result result = Storm.run(Context.background(), shop, ORDERS, seed, () -> {});
    assertThat(result.wrong()).isEmpty();
    assertThat(result.answers()).containsOnlyKeys(0, 201, 504);
  }
}
