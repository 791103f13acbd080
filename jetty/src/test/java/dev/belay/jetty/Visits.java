package dev.belay.jetty;

import dev.belay.jetty.ServerUnderTest.Incoming;
import dev.belay.jetty.ServerUnderTest.Script;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A handler whose requests a test finds again by their path. The path says what is done: {@code
 * /now} answers at once, {@code /unread} blocks without reading the body, {@code /early} blocks
 * after the last part of the response, {@code /stream} after the first, {@code /reading} tells the
 * test before it reads the body, {@code /reading/stubborn} also blocks when that fails; all else
 * reads the body, blocks, and answers. The answer is the path and the length of the body.
 */
final class Visits implements Script {
  private final ConcurrentMap<String, Visit> byPath = new ConcurrentHashMap<>();

  /** The visit of the request for {@code path}, come or to come. */
  Visit at(String path) {
    return byPath.computeIfAbsent(path, ignored -> new Visit());
  }

  @Override
  public void run(Incoming request) throws Exception {
    String path = request.path();
    Visit visit = at(path);
    try {
      visit.begin(request);
      if (path.startsWith("/stream")) {
        request.write(false, answer(path, 0));
        visit.enter();
        visit.block();
        request.write(true, new byte[0]);
        return;
      }
      if (path.startsWith("/reading")) {
        visit.enter();
      }
      int length = path.startsWith("/unread") ? 0 : read(request, visit);
      if (path.startsWith("/early")) {
        request.write(true, answer(path, length));
      }
      visit.enter();
      if (!path.startsWith("/now")) {
        visit.block();
      }
      if (!path.startsWith("/early")) {
        request.write(true, answer(path, length));
      }
    } finally {
      visit.leave();
    }
  }

  private static int read(Incoming request, Visit visit) throws Exception {
    try {
      return request.readBody().length;
    } catch (IOException e) {
      if (request.path().startsWith("/reading/stubborn")) {
        visit.block();
      }
      throw e;
    }
  }

  private static byte[] answer(String path, int length) {
    return (path + " " + length).getBytes(StandardCharsets.US_ASCII);
  }

  /** Lets every handler go, at the end of a test, and waits until they have. */
  void end() {
    byPath.values().forEach(Visit::release);
    byPath.values().forEach(Visit::awaitEnd);
  }
}
