package dev.belay.demo.web;

import dev.belay.jetty.ContextEndpoint;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What answers a path.
 *
 * @param path all of it must match
 * @param methods the endpoint of each method
 */
record Route(Pattern path, Map<String, ContextEndpoint> methods) {
  static Route of(String path, Map<String, ContextEndpoint> methods) {
    return new Route(Pattern.compile(path), methods);
  }
}
