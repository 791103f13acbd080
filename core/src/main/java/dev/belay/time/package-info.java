/** The machine's clock and the timers on it; not exported. {@code TimeSource} is the way in. */
@NullMarked
package dev.belay.time;

import org.jspecify.annotations.NullMarked;
