/** Meters of what contexts do, and the current context for Micrometer's context propagation. */
module dev.belay.micrometer {
  requires static transitive org.jspecify;
  requires transitive dev.belay;
  requires transitive micrometer.core;
  requires transitive micrometer.observation;
  requires transitive context.propagation;

  exports dev.belay.micrometer;

  provides io.micrometer.context.ThreadLocalAccessor with
      dev.belay.micrometer.CurrentContext;
}
