package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What stays equal each time it is asked, and what has to hold when a wait is over. */
class StableDeadlineTest extends Fixture {
  @Test
  @DisplayName("R12: a deadline is the same each time, and below, until a nearer one")
  void aDeadlineIsComputedOnce() {
    try (var ctx = root.withTimeout(Duration.ofMinutes(1));
        var child = ctx.withCancel();
        var same = child.withTimeout(Duration.ofHours(1));
        var nearer = child.withTimeout(SECOND)) {
      Instant deadline = ctx.deadline();
      clock.advanceSilently(Duration.ofMillis(7));
      assertThat(ctx.deadline()).isSameAs(deadline);
      assertThat(child.deadline()).isEqualTo(deadline);
      assertThat(same.deadline()).isEqualTo(deadline);
      assertThat(nearer.deadline()).isBefore(deadline);
    }
  }

  @Test
  @DisplayName("R12: the deadline given is the deadline told")
  void aGivenDeadlineIsKept() {
    Instant given = Instant.EPOCH.plusSeconds(90).plusNanos(123_456_789);
    try (var ctx = root.withDeadline(given);
        var child = ctx.withCancel()) {
      assertThat(ctx.deadline()).isEqualTo(given);
      clock.advanceSilently(SECOND);
      assertThat(child.deadline()).isEqualTo(given);
    }
  }

  @Test
  @DisplayName("R12: a wait for the remaining time finds the context ended, however late the clock")
  void aWaitFindsTheEnd() {
    clock.coarseLag = Duration.ofMillis(500);
    try (var nanos = root.withTimeout(SECOND);
        var millis = root.withTimeout(SECOND.plusNanos(1))) {
      clock.advanceSilently(Duration.ofNanos(nanos.remainingNanos()));
      assertThat(nanos.isDone()).isTrue();
      clock.advanceSilently(Duration.ofMillis(millis.socketTimeoutMillis()));
      assertThat(millis.isDone()).isTrue();
      assertThatThrownBy(millis::throwIfDone).isInstanceOf(DeadlineExceededException.class);
    }
    clock.coarseLag = Duration.ZERO;
  }

  @Test
  @DisplayName("R18: current is one and the same value under one binding")
  void currentIsTheSame() {
    try (var ctx = root.withCancel()) {
      ctx.run(c -> assertThat(Context.current()).isSameAs(Context.current()));
      ctx.withValue(USER, "ann")
          .run(c -> assertThat(Context.current()).isSameAs(Context.current()));
    }
  }

  @Test
  @DisplayName("R25: a shield runs also after the root has ended, until its own limit")
  void aShieldOutlivesTheRoot() throws Exception {
    var ended = open(clock);
    ended.cancel();
    boolean done = ended.callShielded(SECOND, Context::isDone);
    assertThat(done).isFalse();
    assertThatThrownBy(
            () ->
                ended.callShielded(
                    SECOND,
                    c -> {
                      clock.advance(SECOND);
                      c.throwIfDone();
                      return null;
                    }))
        .isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  @DisplayName("an exception keeps its ending when it is serialized")
  void aSerializedExceptionKeepsItsEnding() throws Exception {
    try (var ctx = root.withName("work").withCancel()) {
      ctx.cancel(new IOException("gone"));
      var bytes = new ByteArrayOutputStream();
      try (var out = new ObjectOutputStream(bytes)) {
        out.writeObject(catchThrowable(ctx::throwIfDone));
      }
      try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        var read = (ContextEndedException) in.readObject();
        assertThat(read.ending()).hasToString(ctx.ending().toString());
        assertThat(read.ending().path()).isEqualTo("background/test/work");
      }
    }
  }
}
