/** Deadlines, cancellation and request-scoped values: the contract of {@link dev.belay.Context}. */
module dev.belay {
  requires static transitive org.jspecify;

  exports dev.belay;
  exports dev.belay.group;
  exports dev.belay.lifecycle;
  exports dev.belay.spi;
}
