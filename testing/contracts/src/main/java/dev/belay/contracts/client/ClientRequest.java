package dev.belay.contracts.client;

import java.net.URI;
import java.util.Map;

/**
 * A request for the client under test to send.
 *
 * @param uri where to
 * @param fields fields of its header, besides those that the client adds
 * @param length of its body, whose bytes are zero; a request without one is a GET, else a POST
 */
public record ClientRequest(URI uri, Map<String, String> fields, int length) {
  static ClientRequest get(URI uri) {
    return new ClientRequest(uri, Map.of(), 0);
  }
}
