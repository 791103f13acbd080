package dev.belay;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A name that was given while a listener was installed: it knows when. */
final class TimedName extends NamedContext {
  private final Instant began;

  TimedName(AbstractContext parent, String name, Instant began) {
    super(parent, parent.scope(), name, parent.frame(), environment(parent));
    this.began = began;
  }

  @Override
  @Nullable Instant began() {
    return began;
  }
}
