package dev.belay.demo.web;

import dev.belay.http.server.Endpoint;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * What answers a path.
 *
 * @param path all of it must match
 * @param methods the endpoint of each method
 */
record Route(Pattern path, Map<String, Endpoint<Request, Response>> methods) {
  static Route of(String path, Map<String, Endpoint<Request, Response>> methods) {
    return new Route(Pattern.compile(path), methods);
  }
}
