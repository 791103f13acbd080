package dev.belay.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Context;
import dev.belay.http.wire.RemainingTimeHeader.Form;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemainingTimeHeaderTest {
  private static final RemainingTimeHeader MILLIS = RemainingTimeHeader.DEFAULT;
  private static final RemainingTimeHeader GRPC =
      new RemainingTimeHeader("grpc-timeout", Form.GRPC);

  private static Duration read(String value) {
    assertThat(RemainingTime.parse(value)).isInstanceOf(RemainingTime.Known.class);
    return ((RemainingTime.Known) RemainingTime.parse(value)).left();
  }

  // ---- there and back, and whatever comes over the wire

  /** Of a run that failed, the seed is in the name of the test: put it here to run it again. */
  static LongStream seeds() {
    return LongStream.of(1, 2, new Random().nextLong());
  }

  /** Numbers of all sizes from zero to {@code max}. */
  private static LongStream numbers(long seed, long max) {
    var random = new Random(seed);
    return LongStream.concat(
        LongStream.of(0, 1, max),
        random.longs(1_000).map(n -> (n >>> 1 + random.nextInt(63)) % max));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void millisecondsComeBackRoundedDownByLessThanOne(long seed) {
    numbers(seed, 9_999_999_999_000_000L)
        .forEach(
            nanos -> {
              long lost = nanos - read(MILLIS.format(nanos)).toNanos();
              assertThat(lost).as("of %d", nanos).isBetween(0L, 999_999L);
            });
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void grpcComesBackRoundedDownByLessThanAHundredThousandth(long seed) {
    numbers(seed, Long.MAX_VALUE)
        .forEach(
            nanos -> {
              long lost = nanos - read(GRPC.format(nanos)).toNanos();
              assertThat(lost).as("of %d", nanos).isBetween(0L, nanos / 100_000);
            });
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsWrittenIsReadForEveryLong(long seed) {
    for (Form form : Form.values()) {
      var header = new RemainingTimeHeader("t", form);
      numbers(seed, Long.MAX_VALUE)
          .flatMap(n -> LongStream.of(n, ~n))
          .forEach(
              nanos ->
                  assertThat(read(header.format(nanos)))
                      .as("%d as %s", nanos, form)
                      .isLessThanOrEqualTo(Duration.ofNanos(Math.max(0, nanos))));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsReadIsWrittenAlike(long seed) {
    numbers(seed, 9_999_999_999L)
        .forEach(
            millis ->
                assertThat(MILLIS.format(read(Long.toString(millis)).toNanos()))
                    .isEqualTo("" + millis));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void parsingNeverThrowsAndStaysWithinBounds(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      String value = wild(random, i % 2 == 0 ? "0123456789HMSmun-+. ," : null);
      switch (RemainingTime.parse(value)) {
        case RemainingTime.Known(Duration left) ->
            assertThat(left).as(value).isBetween(Duration.ZERO, Duration.ofHours(99_999_999));
        case RemainingTime.Refused(String reason) ->
            assertThat(reason).startsWith("the remaining time ").hasSizeLessThan(80);
        case RemainingTime.Absent unused -> throw new AssertionError("absent: " + value);
      }
    }
  }

  /** Up to twelve of {@code alphabet}; null for any characters. */
  private static String wild(Random random, @Nullable String alphabet) {
    var out = new StringBuilder();
    for (int left = random.nextInt(13); left > 0; left--) {
      out.append(
          alphabet == null
              ? (char) random.nextInt(Character.MAX_VALUE + 1)
              : alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return out.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "200, 200",
    "9999999999, 9999999999",
    "0000000200, 200",
    "200m, 200",
    "2S, 2000",
    "3M, 180000",
    "1H, 3600000",
    "5000u, 5",
    "7000000n, 7",
    "99999999H, 359999996400000",
    "-1, 0",
    "-9999999999, 0",
    "-200m, 0",
    "-0, 0"
  })
  void bothFormsAreRead(String value, long millis) {
    assertThat(read(value)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-",
        "--1",
        "-x",
        "+1",
        "1.5",
        "1e3",
        " 1",
        "1 ",
        "abc",
        "m",
        "1x",
        "1mm",
        "1ms",
        "1m1",
        "٣",
        "100,200",
        "100000000m",
        "10000000000",
        "99999999999999999999",
        "0x10",
        "\0",
        "1\r\nX: y"
      })
  void everythingElseIsRefusedWithAReason(String value) {
    assertThat(RemainingTime.parse(value)).isInstanceOf(RemainingTime.Refused.class);
  }

  @Test
  void theReasonRepeatsNothingOfTheValue() {
    assertThat(RemainingTime.parse("<script>").toString()).doesNotContain("script");
  }

  @ParameterizedTest
  @NullSource
  void noHeaderIsAbsent(@Nullable String value) {
    assertThat(RemainingTime.parse(value)).isInstanceOf(RemainingTime.Absent.class);
  }

  // ---- from a context

  @Test
  void aContextWithoutDeadlineWritesNothing() {
    assertThat(MILLIS.format(Context.background())).isNull();
  }

  @Test
  void aDeadlineIsWrittenAsWhatIsLeft() {
    try (var ctx = Context.background().withTimeout(Duration.ofHours(1))) {
      String value = MILLIS.format(ctx);
      assertThat(value).isNotNull();
      assertThat(read(value == null ? "" : value))
          .isBetween(Duration.ofMinutes(1), Duration.ofHours(1));
    }
  }

  @Test
  void anEndedContextWritesZero() {
    try (var ctx = Context.background().withTimeout(Duration.ZERO)) {
      assertThat(MILLIS.format(ctx)).isEqualTo("0");
      assertThat(GRPC.format(ctx)).isEqualTo("0n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:b", "a\r\nb", "ä"})
  void aNameThatIsNoFieldNameIsRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RemainingTimeHeader(name, Form.GRPC))
        .withMessageContaining("not an HTTP field name");
  }
}
