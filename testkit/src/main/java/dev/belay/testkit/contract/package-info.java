/**
 * Contracts: what every host, client or bridge must do, as abstract test classes. An adapter's test
 * extends one and says in a factory method how to make what is tested:
 *
 * <ul>
 *   <li>{@link dev.belay.testkit.contract.ContextContract}: whatever hands out contexts
 *   <li>{@link dev.belay.testkit.contract.ServerContract}, {@link
 *       dev.belay.testkit.contract.ServerStressContract}: a server that runs each request's handler
 *       under a context
 *   <li>{@link dev.belay.testkit.contract.ClientContract}, {@link
 *       dev.belay.testkit.contract.ClientStormContract}: a client that sends a request under a
 *       context
 * </ul>
 *
 * <p>What a host cannot do it declares; those scenarios are skipped with a warning.
 */
@NullMarked
package dev.belay.testkit.contract;

import org.jspecify.annotations.NullMarked;
