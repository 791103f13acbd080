/**
 * What a client that sends requests under a context must do, as abstract test classes: {@link
 * dev.belay.contracts.client.ClientContract} and {@link
 * dev.belay.contracts.client.ClientStormContract}. An adapter's test extends one and says in a
 * factory method how to make what is tested. Scenarios that a client declares unsupported are
 * skipped with a warning.
 */
@NullMarked
package dev.belay.contracts.client;

import org.jspecify.annotations.NullMarked;
