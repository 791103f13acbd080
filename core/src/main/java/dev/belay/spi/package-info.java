/**
 * For modules and bridges that extend Belay, not for everyday code.
 *
 * <ul>
 *   <li>{@link dev.belay.spi.ContextListener}, installed by {@link dev.belay.spi.ContextEvents}, is
 *       notified of ends, cancels and failures.
 *   <li>{@link dev.belay.spi.ContextCarrier}, installed by {@link dev.belay.spi.ContextCarriers},
 *       copies thread-locals to the threads that Belay starts; {@link dev.belay.spi.HelperThread}
 *       starts such a thread.
 *   <li>{@link dev.belay.spi.Ambient} binds a context to a thread for hosts whose callbacks cannot
 *       be closures.
 *   <li>{@link dev.belay.spi.TimeSource} is where time comes from, {@link dev.belay.spi.Roots}
 *       opens a root on one.
 *   <li>{@link dev.belay.spi.TreeInspector} shows what is live.
 * </ul>
 */
@NullMarked
package dev.belay.spi;

import org.jspecify.annotations.NullMarked;
