/**
 * Micrometer and contexts: {@link dev.belay.micrometer.ContextMeters} counts how contexts end and
 * what goes wrong; {@link dev.belay.micrometer.CurrentContext} carries the current context where
 * Micrometer carries thread-locals, as through Reactor; {@link
 * dev.belay.micrometer.SnapshotCarrier} carries Micrometer's thread-locals to Belay's threads.
 */
@org.jspecify.annotations.NullMarked
package dev.belay.micrometer;
