package dev.belay.spi;

/** Is shown one live context after the other, parent before child, by {@link TreeInspector}. */
@FunctionalInterface
public interface LiveVisitor {
  /**
   * Looks at {@code live}, which may end meanwhile.
   *
   * @return whether to go on; false ends the walk
   */
  boolean visit(LiveContext live);
}
