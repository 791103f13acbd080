package dev.belay.contracts.client;

import java.io.InputStream;

/**
 * A response whose header has arrived.
 *
 * @param status its status
 * @param body its body; obeys the request's context, and is closed by the contract
 */
public record ClientResponse(int status, InputStream body) {}
