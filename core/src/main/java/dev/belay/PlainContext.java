package dev.belay;

import dev.belay.spi.TimeSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A frame: a root, a name, a set of values, or a view. It ends when its scope does. */
final class PlainContext extends AbstractContext {
  static final PlainContext BACKGROUND =
      new PlainContext(null, null, "background", Values.NONE, Environment.SYSTEM);
  static final PlainContext TODO =
      new PlainContext(null, null, "todo", Values.NONE, Environment.SYSTEM);

  private final @Nullable AbstractContext parent;
  private final @Nullable CancelContext scope;
  private final @Nullable String name;
  final Values values;
  final Environment environment;

  /** The nearest frame with a name, this one included. */
  final PlainContext label;

  private PlainContext(
      @Nullable AbstractContext parent,
      @Nullable CancelContext scope,
      @Nullable String name,
      Values values,
      Environment environment) {
    this.parent = parent;
    this.scope = scope;
    this.name = name;
    this.values = values;
    this.environment = environment;
    this.label = name != null || parent == null ? this : parent.frame().label;
  }

  static CancellableContext root(String name, TimeSource time, boolean recordSites) {
    Require.argument(name, "name", "name the root after the part of the program it serves");
    Require.argument(time, "time", "pass TimeSource.system()");
    return root(name, new Environment(time, true, recordSites));
  }

  static CancellableContext root(String name, Environment environment) {
    var frame = new PlainContext(BACKGROUND, null, name, Values.NONE, environment);
    var root = CancelContext.root(frame);
    environment.root = root;
    return root;
  }

  static PlainContext withValues(AbstractContext parent, Values values) {
    return new PlainContext(parent, parent.scope(), null, values, parent.frame().environment);
  }

  static PlainContext named(AbstractContext parent, String name) {
    PlainContext frame = parent.frame();
    return new PlainContext(parent, parent.scope(), name, frame.values, frame.environment);
  }

  static PlainContext withoutCancel(AbstractContext parent) {
    PlainContext frame = parent.frame();
    return new PlainContext(parent, null, null, frame.values, frame.environment);
  }

  /** A frame right below the root, with the values of {@code of}. */
  static PlainContext detached(AbstractContext of, String name) {
    PlainContext frame = of.frame();
    CancelContext root = frame.environment.root;
    AbstractContext above = root == null ? BACKGROUND : root;
    return new PlainContext(above, root, name, frame.values, frame.environment);
  }

  @Override
  PlainContext frame() {
    return this;
  }

  @Override
  @Nullable CancelContext scope() {
    return scope;
  }

  @Override
  @Nullable AbstractContext parent() {
    return parent;
  }

  @Nullable String name() {
    return name;
  }

  String requireName() {
    return Objects.requireNonNull(name, "no name");
  }
}
