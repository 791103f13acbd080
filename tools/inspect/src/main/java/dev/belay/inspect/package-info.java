/**
 * What a program does now: {@link dev.belay.inspect.Snapshot} holds the contexts that live, and the
 * threads that work under them; {@link dev.belay.inspect.Waits}, {@link dev.belay.inspect.Zombies}
 * and {@link dev.belay.inspect.Difference} are what can be read from one or two of them. Each is a
 * text by {@code toString()} and JSON by {@code json()}; no value appears unless its key is
 * loggable.
 */
@org.jspecify.annotations.NullMarked
package dev.belay.inspect;
