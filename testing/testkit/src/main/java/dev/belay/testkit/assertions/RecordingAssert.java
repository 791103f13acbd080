package dev.belay.testkit.assertions;

import dev.belay.spi.ContextEvent;
import dev.belay.testkit.RecordingListener;
import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;
import org.jspecify.annotations.Nullable;

/** Assertions for what a {@link RecordingListener} has recorded so far. */
@SuppressWarnings("exports") // AssertJ is for its user to require
public final class RecordingAssert extends AbstractAssert<RecordingAssert, RecordingListener> {
  RecordingAssert(@Nullable RecordingListener actual) {
    super(actual, RecordingAssert.class);
  }

  /**
   * At least one event of this kind.
   *
   * @return assertions for those events
   */
  public <E extends ContextEvent> ListAssert<E> heard(Class<E> kind) {
    isNotNull();
    List<E> found = actual.events(kind);
    if (found.isEmpty()) {
      failWithMessage("expected %s, but there is: %s", kind.getSimpleName(), actual.events());
    }
    return Assertions.assertThat(found);
  }

  /** No event of this kind. */
  public RecordingAssert heardNo(Class<? extends ContextEvent> kind) {
    isNotNull();
    List<? extends ContextEvent> found = actual.events(kind);
    if (!found.isEmpty()) {
      failWithMessage("expected no %s, but there is: %s", kind.getSimpleName(), found);
    }
    return this;
  }

  /**
   * The end of a context was reported, which ended first.
   *
   * @param path the names of that context, from its root down
   * @return assertions for the story of its first end
   */
  public EndingAssert heardEndOf(String path) {
    isNotNull();
    List<ContextEvent.Ended> ends = actual.events(ContextEvent.Ended.class);
    for (ContextEvent.Ended each : ends) {
      if (each.ending().path().equals(path)) {
        return new EndingAssert(each.ending()).as(info.description());
      }
    }
    throw failure("expected the end of \"%s\", but there is: %s", path, ends);
  }
}
