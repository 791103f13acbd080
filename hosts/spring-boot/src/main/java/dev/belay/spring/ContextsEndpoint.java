package dev.belay.spring;

import dev.belay.inspect.Snapshot;
import dev.belay.inspect.Waits;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@code /actuator/contexts}: the live tree as JSON; {@code /actuator/contexts/tree} and {@code
 * /actuator/contexts/waits} as texts. Values appear only if their keys are loggable.
 */
@Endpoint(id = "contexts")
public final class ContextsEndpoint {
  private static final int LINES = 1_000;

  ContextsEndpoint() {}

  /** A {@link Snapshot} as JSON. */
  @ReadOperation(produces = "application/json")
  public String snapshot() {
    return Snapshot.take().json();
  }

  /**
   * A text.
   *
   * @param view {@code tree} or {@code waits}
   * @return null for any other view, which answers with 404
   */
  @ReadOperation(produces = "text/plain;charset=UTF-8")
  public @Nullable String text(@Selector String view) {
    return switch (view) {
      case "tree" -> Snapshot.take().tree(LINES);
      case "waits" -> Waits.of(Snapshot.take()).toString();
      default -> null;
    };
  }
}
