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
 *   <li>{@link dev.belay.spi.Permits} gives permits for something scarce in the order that serves
 *       those who still wait; {@link dev.belay.spi.StepTimes} says how long a named step takes.
 *   <li>{@link dev.belay.spi.Loggable} says what a log line may show of a context, {@link
 *       dev.belay.spi.TreeInspector} what is live.
 *   <li>{@link dev.belay.spi.Causes} walks a chain of causes; {@link
 *       dev.belay.spi.ForwardingTimeSource} is the base of a time source that adds to another.
 * </ul>
 */
@NullMarked
package dev.belay.spi;

import org.jspecify.annotations.NullMarked;
