/**
 * What a server that runs each request's handler under a context must do, as abstract test classes:
 * {@link dev.belay.contracts.server.ServerContract} and {@link
 * dev.belay.contracts.server.ServerStressContract}. A host's test extends one and says in a factory
 * method how to start what is tested. Scenarios that a host declares unsupported are skipped with a
 * warning.
 *
 * <p>The scenarios state the wire format themselves, such as the header's name and the status
 * codes, instead of taking it from {@code belay-http}: so they are an independent check of it.
 */
@NullMarked
package dev.belay.contracts.server;

import org.jspecify.annotations.NullMarked;
