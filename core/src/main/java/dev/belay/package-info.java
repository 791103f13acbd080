/**
 * Deadlines, cancellation and request-scoped values: the rule book.
 *
 * @see dev.belay.Context
 */
@NullMarked
package dev.belay;

import org.jspecify.annotations.NullMarked;
