/** Resilience4j's policies under a context. */
module dev.belay.resilience4j {
  requires static transitive org.jspecify;
  requires transitive dev.belay;
  requires io.github.resilience4j.core;
  requires static transitive io.github.resilience4j.bulkhead;
  requires static transitive io.github.resilience4j.circuitbreaker;
  requires static transitive io.github.resilience4j.ratelimiter;
  requires static transitive io.github.resilience4j.retry;

  exports dev.belay.resilience4j;
}
