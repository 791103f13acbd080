/**
 * A small service under more load than it can serve, in several forms side by side, each part in a
 * process of its own: {@code ./build overload}.
 */
@NullMarked
package dev.belay.bench.overload;

import org.jspecify.annotations.NullMarked;
