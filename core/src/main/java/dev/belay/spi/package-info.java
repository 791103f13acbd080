/**
 * For modules and bridges that extend Belay, not for everyday code: where time comes from ({@link
 * dev.belay.spi.TimeSource}), what is live ({@link dev.belay.spi.TreeInspector}), how a context is
 * bound to a thread by callbacks that cannot be closures ({@link dev.belay.spi.Ambient}), and roots
 * with settings of their own ({@link dev.belay.spi.Roots}).
 */
@NullMarked
package dev.belay.spi;

import org.jspecify.annotations.NullMarked;
