package dev.belay.testkit.assertions;

import dev.belay.Context;
import dev.belay.Status;
import dev.belay.testkit.LiveContexts;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** Assertions for a {@link Context}. */
@SuppressWarnings("exports") // AssertJ is for its user to require
public final class ContextAssert extends AbstractAssert<ContextAssert, Context> {
  ContextAssert(@Nullable Context actual) {
    super(actual, ContextAssert.class);
  }

  /** It has not ended. */
  public ContextAssert isActive() {
    isNotNull();
    if (actual.isDone()) {
      failWithMessage("expected an active context, but it has ended: %s", actual.ending());
    }
    return this;
  }

  /**
   * It has ended so.
   *
   * @return assertions for the story of the end
   */
  public EndingAssert endedWith(Status status) {
    isNotNull();
    if (!actual.isDone()) {
      failWithMessage("expected %s, but the context is active: %s", status, actual);
    }
    return new EndingAssert(actual.ending()).as(info.description()).endedWith(status);
  }

  /**
   * Nothing below it is live, so nothing that was derived from it was forgotten. What was derived
   * by way of {@code withoutCancel()} is not below it. Fails also for a context that does not track
   * what is derived from it, as {@link LiveContexts#below} says.
   */
  public ContextAssert hasNothingLiveBelow() {
    isNotNull();
    LiveContexts live = liveBelow();
    if (live.count() > 0) {
      failWithMessage("expected nothing live below %s, but there is:%n%s", actual, live);
    }
    return this;
  }

  private LiveContexts liveBelow() {
    try {
      return LiveContexts.below(actual);
    } catch (IllegalArgumentException e) {
      throw failure("%s", e.getMessage());
    }
  }
}
