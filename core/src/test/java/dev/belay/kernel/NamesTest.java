package dev.belay.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.time.Nanos;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How names and durations are shown, and how durations become nanoseconds. */
class NamesTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0ns",
    "PT0.000000999S, 999ns",
    "PT0.000001S, 1µs",
    "PT0.000999999S, 999µs",
    "PT0.001S, 1ms",
    "PT0.999999999S, 999ms",
    "PT1S, 1s",
    "PT1.5S, 1.5s",
    "PT1.57S, 1.57s",
    "PT2.005S, 2s",
    "PT59.99S, 59.99s",
    "PT1M, 1m",
    "PT3M20S, 3m20s",
    "PT2H, 2h",
    "PT-0.12S, -120ms",
  })
  @DisplayName("R30: durations are shown with three digits at most")
  void durations(Duration duration, String shown) {
    assertThat(Names.time(duration)).isEqualTo(shown);
  }

  @Test
  @DisplayName("R12: durations too long to count are shown and saturate")
  void endlessDurations() {
    assertThat(Names.time(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo("for ever");
    assertThat(Names.time(Duration.ofSeconds(Long.MIN_VALUE))).startsWith("-");
    assertThat(Nanos.of(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
    assertThat(Nanos.of(Duration.ofSeconds(Long.MIN_VALUE))).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  @DisplayName("R12: the longest durations that can be counted are counted")
  void longestDurations() {
    long seconds = Long.MAX_VALUE / 1_000_000_000L;
    assertThat(Nanos.of(Duration.ofSeconds(seconds - 1, 5)))
        .isEqualTo((seconds - 1) * 1_000_000_000L + 5);
    assertThat(Nanos.of(Duration.ofSeconds(seconds))).isEqualTo(Long.MAX_VALUE);
    assertThat(Nanos.of(Duration.ofSeconds(-seconds + 1)))
        .isEqualTo((-seconds + 1) * 1_000_000_000L);
    assertThat(Nanos.of(Duration.ofSeconds(-seconds))).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  @DisplayName("R12: a moment too far away is no moment")
  void momentsSaturate() {
    assertThat(Nanos.after(10, 5)).isEqualTo(15);
    assertThat(Nanos.after(10, -5)).isEqualTo(5);
    assertThat(Nanos.after(10, -20)).isEqualTo(-10);
    assertThat(Nanos.after(10, 0)).isEqualTo(10);
    assertThat(Nanos.after(10, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(Nanos.after(1, Long.MAX_VALUE - 1)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  @DisplayName("R16: names are bounded and escaped where they are shown")
  void names() {
    assertThat(Names.shown("a".repeat(80))).isEqualTo("a".repeat(80));
    assertThat(Names.shown("a".repeat(81))).isEqualTo("a".repeat(80) + "…");
    assertThat(Names.shown("a\"b\\c\nd\ud83d")).isEqualTo("a\\u0022b\\u005cc\\u000ad\\ud83d");
    assertThat(Names.quoted("a b")).isEqualTo("\"a b\"");
  }

  @ParameterizedTest
  @ValueSource(
      chars = {
        '\u0000', '\u007f', '\u0085', '\u00ad', '\u061c', '\u200b', '\u200e', '\u200f', '\u2028',
        '\u2029', '\u202a', '\u202e', '\u2060', '\u2066', '\u2069', '\ufeff', '\udc00', '\u034f',
        '\u115f', '\u1160', '\u17b4', '\u17b5', '\u180b', '\u180f', '\u2800', '\u3164', '\ufe00',
        '\ufe0f', '\uffa0'
      })
  @DisplayName("R16: what hides, reorders or breaks text is escaped")
  void hiddenCharacters(char hidden) {
    assertThat(Names.shown("a" + hidden + "b")).isEqualTo("a\\u%04xb".formatted((int) hidden));
  }

  @Test
  @DisplayName("R16: text of any language is shown as it is")
  void textOfAnyLanguage() {
    String text = "Größe שלום 注文 commande n\u00a0° 7";
    assertThat(Names.shown(text)).isEqualTo(text);
  }

  @Test
  @DisplayName("R16: a foreign text may be longer and quote; it is bounded and escaped too")
  void texts() {
    assertThat(Names.text("relation \"a\" \n\u202e")).isEqualTo("relation \"a\" \\u000a\\u202e");
    assertThat(Names.text("a".repeat(500))).isEqualTo("a".repeat(500));
    assertThat(Names.text("a".repeat(100_000))).isEqualTo("a".repeat(500) + "…");
  }
}
