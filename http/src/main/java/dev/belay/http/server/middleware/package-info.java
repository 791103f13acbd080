/**
 * What most servers put around their endpoints. Each is a function from an {@link
 * dev.belay.http.server.Endpoint} to an endpoint, so one of your own is a lambda. {@link
 * dev.belay.http.server.middleware.StartTime}, {@link dev.belay.http.server.middleware.Deadline}
 * and {@link dev.belay.http.server.middleware.ConcurrencyLimit} need the context alone, the others
 * the host's {@link dev.belay.http.server.HttpMessages} as well.
 *
 * <pre>{@code
 * RequestId.around(messages, AccessLog.around(messages, log,
 *     Recover.around(messages, limit.around(endpoint))))
 * }</pre>
 */
@NullMarked
package dev.belay.http.server.middleware;

import org.jspecify.annotations.NullMarked;
