package dev.belay.contracts.client;

import javax.net.ssl.SSLContext;

/**
 * How a contract wants a client to be set up: in addition it follows redirections.
 *
 * @param trust for TLS: trusts the contract's server, and no other
 * @param http2 whether it speaks HTTP/2; otherwise HTTP/1.1
 */
public record ClientSettings(SSLContext trust, boolean http2) {}
