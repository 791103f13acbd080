package dev.belay.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Context;
import dev.belay.http.wire.RemainingTimeHeader.Form;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  // ---- there and back

  @Property
  void millisecondsComeBackRoundedDownByLessThanOne(
      @ForAll @LongRange(min = 0, max = 9_999_999_999_000_000L) long nanos) {
    long lost = nanos - read(MILLIS.format(nanos)).toNanos();
    assertThat(lost).isBetween(0L, 999_999L);
  }

  @Property
  void grpcComesBackRoundedDownByLessThanAHundredThousandth(
      @ForAll @LongRange(min = 0) long nanos) {
    long lost = nanos - read(GRPC.format(nanos)).toNanos();
    assertThat(lost).isBetween(0L, nanos / 100_000);
  }

  @Property
  void whatIsWrittenIsReadForEveryLong(@ForAll long nanos, @ForAll Form form) {
    String value = new RemainingTimeHeader("t", form).format(nanos);
    assertThat(read(value)).isLessThanOrEqualTo(Duration.ofNanos(Math.max(0, nanos)));
  }

  @Property
  void whatIsReadIsWrittenAlike(@ForAll @LongRange(min = 0, max = 9_999_999_999L) long millis) {
    assertThat(MILLIS.format(read(Long.toString(millis)).toNanos())).isEqualTo("" + millis);
  }

  // ---- whatever comes over the wire

  @Property
  void parsingNeverThrowsAndStaysWithinBounds(@ForAll("wild") String value) {
    switch (RemainingTime.parse(value)) {
      case RemainingTime.Known(Duration left) ->
          assertThat(left).isBetween(Duration.ZERO, Duration.ofHours(99_999_999));
      case RemainingTime.Refused(String reason) ->
          assertThat(reason).startsWith("the remaining time ").hasSizeLessThan(80);
      case RemainingTime.Absent unused -> throw new AssertionError("absent: " + value);
    }
  }

  @Provide
  Arbitrary<String> wild() {
    return Arbitraries.oneOf(
        Arbitraries.strings(),
        Arbitraries.strings().withChars("0123456789HMSmun-+. ,").ofMaxLength(12));
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
    "99999999H, 359999996400000"
  })
  void bothFormsAreRead(String value, long millis) {
    assertThat(read(value)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
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
