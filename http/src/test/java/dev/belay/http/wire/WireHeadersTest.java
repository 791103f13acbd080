package dev.belay.http.wire;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Context;
import dev.belay.ContextKey;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireHeadersTest {
  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = TRACE_ID + "-00f067aa0ba902b7-01";
  private static final Context ROOT = Context.background();

  private static final ContextKey<String> TENANT =
      ContextKey.named("tenant", String.class)
          .travelling(
              new ContextKey.Codec<>() {
                @Override
                public String encode(String value) {
                  return value;
                }

                @Override
                public String decode(String text) {
                  return text;
                }
              });

  private static Map<String, String> written(WireHeaders headers, Context ctx) {
    Map<String, String> fields = new HashMap<>();
    headers.write(ctx, fields::put);
    return fields;
  }

  // ---- the trace

  @Test
  void aTraceComesBackAsItWas() {
    Trace trace = Trace.parse("00-" + PARENT);
    assertThat(trace).isEqualTo(new Trace(TRACE_ID, "00f067aa0ba902b7", 1));
    assertThat(trace).hasToString("00-" + PARENT);
    Trace random = Trace.start();
    assertThat(Trace.parse(random.toString())).isEqualTo(random).isNotEqualTo(Trace.start());
  }

  @Test
  void aLaterVersionMaySayMore() {
    assertThat(Trace.parse("cc-" + PARENT + "-what-comes")).hasToString("00-" + PARENT);
    assertThat(Trace.parse("cc-" + PARENT)).hasToString("00-" + PARENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-" + PARENT + "-more",
        "cc-" + PARENT + ".more",
        "ff-" + PARENT,
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-\r\n",
        " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      })
  void everythingElseIsRefusedAndNotRepeated(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trace.parse(text))
        .withMessageStartingWith("the ")
        .withMessageNotContaining("0e0e");
    var header = new ValueHeader<>("traceparent", Trace.KEY);
    assertThat(header.read(ROOT, name -> text)).isSameAs(ROOT);
  }

  @Test
  void flagsThatDoNotFitAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Trace(TRACE_ID, "00f067aa0ba902b7", 256));
  }

  // ---- what tracers have added

  private static Context received(String parent, String state) {
    Map<String, String> fields = new HashMap<>();
    fields.put("traceparent", parent);
    fields.put("tracestate", state);
    return WireHeaders.DEFAULT.readValues(ROOT, fields::get);
  }

  @Test
  void aTraceStateIsSentOnWithItsTrace() {
    Context ctx = received("00-" + PARENT, "\ta=1 ,, fw529a3039@dt=FfK;x ,b/c=x y");
    assertThat(written(WireHeaders.DEFAULT, ctx))
        .isEqualTo(
            Map.of("traceparent", "00-" + PARENT, "tracestate", "a=1,fw529a3039@dt=FfK;x,b/c=x y"));
    assertThat(ctx.require(Trace.KEY).state()).hasToString("3 members");
    Context another = ctx.withValue(Trace.KEY, Trace.start());
    assertThat(written(WireHeaders.DEFAULT, another)).containsOnlyKeys("traceparent");
  }

  @Test
  void aTraceStateWithoutItsTraceIsDropped() {
    assertThat(received("00-" + TRACE_ID, "a=1")).isSameAs(ROOT);
    assertThat(WireHeaders.NONE.readValues(ROOT, name -> "a=1")).isSameAs(ROOT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a=", "A=1", "=1", "a=1=2", "a=1,a=2", "a=ä", "a=1\r\nX: y", " "})
  void aTraceIsReadWithoutAStateThatIsNone(String state) {
    Context ctx = received("00-" + PARENT, state);
    assertThat(ctx.require(Trace.KEY)).isEqualTo(Trace.parse("00-" + PARENT));
  }

  @Test
  void aTraceStateHas32MembersAnd512CharactersAtMost() {
    String most = IntStream.range(0, 32).mapToObj(i -> "k%d=1".formatted(i)).collect(joining(","));
    assertThat(TraceState.parse(most).members()).hasSize(32);
    assertThatIllegalArgumentException().isThrownBy(() -> TraceState.parse(most + ",x=1"));
    assertThatIllegalArgumentException().isThrownBy(() -> TraceState.parse(",".repeat(8193)));
    String third = "=" + "v".repeat(120);
    String text = "a%1$s,b%1$s,long=%2$s,c%1$s,d%1$s,e%1$s".formatted(third, "v".repeat(200));
    assertThat(written(WireHeaders.DEFAULT, received("00-" + PARENT, text)))
        .containsEntry("tracestate", "a%1$s,b%1$s,c%1$s,d%1$s".formatted(third));
  }

  // ---- all of them

  @Test
  void nothingIsWrittenOfAContextThatHasNothing() {
    assertThat(written(WireHeaders.DEFAULT, ROOT)).isEmpty();
  }

  @Test
  void theDeadlineAndTheTraceAreWrittenAndRead() {
    Trace trace = Trace.start();
    try (var ctx = ROOT.withValue(Trace.KEY, trace).withTimeout(Duration.ofHours(1))) {
      var fields = written(WireHeaders.DEFAULT, ctx);
      assertThat(fields).containsOnlyKeys("Belay-Timeout-Ms", "traceparent");
      assertThat(WireHeaders.DEFAULT.readValues(ROOT, fields::get).get(Trace.KEY)).isEqualTo(trace);
      assertThat(WireHeaders.DEFAULT.readRemainingTime(fields::get))
          .isInstanceOf(RemainingTime.Known.class);
      assertThat(written(WireHeaders.DEFAULT.withoutRemainingTime(), ctx))
          .containsOnlyKeys("traceparent");
      assertThat(written(WireHeaders.NONE, ctx)).isEmpty();
      assertThat(WireHeaders.NONE.readRemainingTime(fields::get))
          .isInstanceOf(RemainingTime.Absent.class);
    }
  }

  @Test
  void whateverTravelsHasItsHeader() {
    var headers = WireHeaders.NONE.with(new ValueHeader<>("X-Tenant", TENANT));
    var fields = written(headers, ROOT.withValue(TENANT, "acme"));
    assertThat(fields).isEqualTo(Map.of("X-Tenant", "acme"));
    assertThat(headers.readValues(ROOT, fields::get).get(TENANT)).isEqualTo("acme");
    assertThat(headers.readValues(ROOT, name -> null)).isSameAs(ROOT);
    assertThat(headers.readValues(ROOT, name -> "x".repeat(5_000))).isSameAs(ROOT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret\r\nEvil: yes", "secretä", "secret\0"})
  void aTextThatNoHeaderMayHoldIsRefusedAndNotRepeated(String value) {
    var header = new ValueHeader<>("X-Tenant", TENANT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> header.write(ROOT.withValue(TENANT, value), (name, text) -> {}))
        .withMessageContaining("at 6")
        .withMessageContaining("tenant")
        .withMessageNotContaining("secret");
  }

  /** What a codec may do with a hostile header. */
  static Stream<Throwable> thrownByCodecs() {
    return Stream.of(
        new DateTimeParseException("secret", "secret", 0),
        new NullPointerException(),
        new IOException("what it does not declare"),
        new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("thrownByCodecs")
  void aCodecThatThrowsAnythingRefusesTheValue(Throwable failure) {
    var key = ContextKey.named("date", String.class).travelling(new Failing(failure));
    var headers = WireHeaders.DEFAULT.with(new ValueHeader<>("X-Date", key));
    assertThat(headers.readValues(ROOT, name -> "secret")).isSameAs(ROOT);
  }

  @Test
  void aCodecThatGivesNothingRefusesTheValue() {
    var key = ContextKey.named("date", String.class).travelling(new Failing(null));
    assertThat(new ValueHeader<>("X-Date", key).read(ROOT, name -> "secret")).isSameAs(ROOT);
  }

  @Test
  void fieldsOfAnotherLibraryAreWrittenAndRead() {
    var headers = WireHeaders.DEFAULT.with(new Reversed());
    var fields = written(headers, ROOT.withValue(TENANT, "acme"));
    assertThat(fields).isEqualTo(Map.of("X-Reversed", "emca"));
    assertThat(headers.readValues(ROOT, fields::get).get(TENANT)).isEqualTo("acme");
    assertThat(headers.readValues(ROOT, name -> null)).isSameAs(ROOT);
    assertThat(headers.readValues(ROOT, name -> "")).isSameAs(ROOT);
  }

  /** Throws for a field that is empty. */
  private static final class Reversed implements WireFields {
    @Override
    public List<String> names() {
      return List.of("X-Reversed");
    }

    @Override
    public void write(Context ctx, BiConsumer<String, String> set) {
      String tenant = ctx.get(TENANT);
      if (tenant != null) {
        set.accept("X-Reversed", new StringBuilder(tenant).reverse().toString());
      }
    }

    @Override
    public Context read(Context ctx, Function<String, String> field) {
      String text = field.apply("X-Reversed");
      if (text == null) {
        return ctx;
      }
      if (text.isEmpty()) {
        throw new IllegalStateException("on purpose");
      }
      return ctx.withValue(TENANT, new StringBuilder(text).reverse().toString());
    }
  }

  private record Failing(Throwable failure) implements ContextKey.Codec<String> {
    @Override
    public String encode(String value) {
      return value;
    }

    @Override
    public String decode(String text) {
      if (failure != null) {
        throw Failing.<RuntimeException>undeclared(failure);
      }
      return null;
    }

    @SuppressWarnings("unchecked") // what Kotlin and Lombok produce
    private static <X extends Throwable> X undeclared(Throwable failure) throws X {
      throw (X) failure;
    }
  }

  @Test
  void aKeyThatDoesNotTravelHasNoHeader() {
    var key = ContextKey.named("user", String.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ValueHeader<>("X-User", key))
        .withMessageContaining("travelling(codec)");
    assertThatIllegalArgumentException().isThrownBy(() -> new ValueHeader<>("a b", TENANT));
  }
}
