/**
 * JDBC under a context: start with {@link dev.belay.jdbc.ContextDataSource}. When the context ends,
 * the wait for a connection ends, the query ends inside the database server, the transaction rolls
 * back, and no other work is affected.
 */
@NullMarked
package dev.belay.jdbc;

import org.jspecify.annotations.NullMarked;
