/**
 * Concurrent work that ends with its context: {@link dev.belay.group.TaskGroup} for forks that are
 * joined, {@link dev.belay.group.Hedge} for a second attempt when the first is late. Rules R32 to
 * R36 of {@code dev.belay} are about this package.
 */
@NullMarked
package dev.belay.group;

import org.jspecify.annotations.NullMarked;
