package dev.belay.testkit.assertions;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.Ending;
import dev.belay.group.Fork;
import dev.belay.testkit.RecordingListener;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Where assertions begin; for a static import beside that of AssertJ's {@code Assertions}. */
public final class ContextAssertions {
  private ContextAssertions() {}

  /** Assertions for a context. */
  public static ContextAssert assertThat(@Nullable Context actual) {
    return new ContextAssert(actual);
  }

  /** Assertions for the story of an end. */
  public static EndingAssert assertThat(@Nullable Ending actual) {
    return new EndingAssert(actual);
  }

  /** Assertions for the story of the end that stopped some work. */
  public static EndingAssert assertThat(@Nullable ContextEndedException actual) {
    return new EndingAssert(actual == null ? null : actual.ending());
  }

  /** Assertions for what was recorded. */
  public static RecordingAssert assertThat(@Nullable RecordingListener actual) {
    return new RecordingAssert(actual);
  }

  /** Assertions for the forks of a group, as its {@code join} may give them. */
  public static ForksAssert assertThatForks(@Nullable Collection<? extends Fork<?>> actual) {
    return new ForksAssert(actual);
  }

  /** Assertions for some forks. */
  public static ForksAssert assertThatForks(Fork<?>... actual) {
    return new ForksAssert(Arrays.asList(actual));
  }
}
