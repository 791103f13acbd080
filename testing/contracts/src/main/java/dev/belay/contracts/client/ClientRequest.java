package dev.belay.contracts.client;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request for the client under test to send.
 *
 * @param uri where to
 * @param fields fields of its header, besides those that the client adds
 * @param length of its body, whose bytes are zero; a request without one is a GET, else a POST
 * @param file the body instead, as the client sends files; null for none
 */
public record ClientRequest(URI uri, Map<String, String> fields, int length, @Nullable Path file) {
  ClientRequest(URI uri, Map<String, String> fields, int length) {
    this(uri, fields, length, null);
  }

  static ClientRequest get(URI uri) {
    return new ClientRequest(uri, Map.of(), 0);
  }
}
