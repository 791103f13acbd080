package dev.belay;

import dev.belay.kernel.Require;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.TimeSource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A frame that has a name: a root, or what {@code withName} made. */
sealed class NamedContext extends PlainContext permits TimedName {
  static final NamedContext BACKGROUND = new NamedContext("background", Environment.SYSTEM);
  static final NamedContext TODO = new NamedContext("todo", Environment.SYSTEM);

  /** Which {@code callShielded} a context is inside of; its own object for each. */
  private static final ContextKey<Object> SHIELD = ContextKey.named("shield", Object.class);

  final String name;
  final Environment environment;

  private NamedContext(String name, Environment environment) {
    this.name = name;
    this.environment = environment;
  }

  NamedContext(
      AbstractContext parent,
      @Nullable CancelContext scope,
      String name,
      PlainContext values,
      Environment environment) {
    super(parent, scope, values.present, values.pairs);
    this.name = name;
    this.environment = environment;
  }

  static CancellableContext root(String name, TimeSource time, boolean recordSites) {
    Require.argument(name, "name", "name the root after the part of the program it serves");
    Require.argument(time, "time", "pass TimeSource.system()");
    return root(name, new Environment(time, true, recordSites));
  }

  static CancellableContext root(String name, Environment environment) {
    var frame = new NamedContext(BACKGROUND, null, name, BACKGROUND, environment);
    var root = CancelContext.root(frame);
    environment.root = root;
    return root;
  }

  static NamedContext below(AbstractContext parent, String name) {
    return ContextEvents.isObserved()
        ? new TimedName(parent, name, parent.time().instant())
        : new NamedContext(parent, parent.scope(), name, parent.frame(), environment(parent));
  }

  static Environment environment(AbstractContext ctx) {
    return ctx.frame().environment();
  }

  /** When the name was given, if a listener wants to know; null otherwise. */
  @Nullable Instant began() {
    return null;
  }

  /** A frame below {@code of} that nothing above ends: its own limit alone does (R24). */
  static NamedContext shielded(AbstractContext of) {
    PlainContext values = PlainContext.withValue(of, SHIELD, new Object());
    return new NamedContext(of, null, "shielded", values, environment(of));
  }

  /** What is different for each {@link #shielded} frame, and null outside of all. */
  static @Nullable Object shield(AbstractContext ctx) {
    return ctx.get(SHIELD);
  }

  /** A frame right below the root, with the values of {@code of}. */
  static NamedContext detached(AbstractContext of, String name) {
    PlainContext frame = of.frame();
    Environment environment = frame.environment();
    CancelContext root = environment.root;
    AbstractContext above = root == null ? BACKGROUND : root;
    return new NamedContext(above, root, name, frame, environment);
  }
}
