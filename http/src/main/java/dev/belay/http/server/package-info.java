/**
 * What every server host needs to run a request under a context, without knowing the host: the
 * context itself ({@link dev.belay.http.server.RequestContexts}), why it ended when the client went
 * away ({@link dev.belay.http.server.ClientGoneException}), and what to answer when the work failed
 * ({@link dev.belay.http.server.FailureStatus}).
 */
@NullMarked
package dev.belay.http.server;

import org.jspecify.annotations.NullMarked;
