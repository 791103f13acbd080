/**
 * JDBC under a context: start with {@link dev.belay.jdbc.ContextDataSource}. When the context ends,
 * the wait for a connection ends, the query ends inside the database server, the transaction rolls
 * back, and nothing else is hit.
 */
@NullMarked
package dev.belay.jdbc;

import org.jspecify.annotations.NullMarked;
