/**
 * A real PostgreSQL server, started by the program itself: {@link
 * dev.belay.postgres.EmbeddedPostgres}.
 */
@NullMarked
package dev.belay.postgres;

import org.jspecify.annotations.NullMarked;
