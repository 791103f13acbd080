package dev.belay;

import org.jspecify.annotations.Nullable;

/** A frame: a name, a set of values, or a view. It ends when its scope does. */
sealed class PlainContext extends AbstractContext permits NamedContext {
  private final @Nullable AbstractContext parent;
  private final @Nullable CancelContext scope;

  /** The nearest frame with a name, this one included. */
  final NamedContext label;

  // The topmost node of the values:
  final int present;
  final @Nullable Object[] pairs;

  /** What has no parent has a name. */
  PlainContext() {
    this.parent = null;
    this.scope = null;
    this.label = (NamedContext) this;
    this.present = 0;
    this.pairs = Values.NONE;
  }

  PlainContext(
      AbstractContext parent,
      @Nullable CancelContext scope,
      int present,
      @Nullable Object[] pairs) {
    this.parent = parent;
    this.scope = scope;
    this.label = this instanceof NamedContext named ? named : parent.frame().label;
    this.present = present;
    this.pairs = pairs;
  }

  static PlainContext withValue(AbstractContext parent, ContextKey<?> key, Object value) {
    PlainContext frame = parent.frame();
    return new PlainContext(
        parent,
        parent.scope(),
        Values.present(frame.present, key),
        Values.with(frame.present, frame.pairs, key, value));
  }

  /** A frame that only ends as {@code scope} does, and cannot be cancelled. */
  static PlainContext view(AbstractContext parent, @Nullable CancelContext scope) {
    PlainContext frame = parent.frame();
    return new PlainContext(parent, scope, frame.present, frame.pairs);
  }

  final Environment environment() {
    return label.environment;
  }

  @Override
  final PlainContext frame() {
    return this;
  }

  @Override
  final @Nullable CancelContext scope() {
    return scope;
  }

  @Override
  final @Nullable AbstractContext parent() {
    return parent;
  }
}
