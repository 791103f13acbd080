package dev.belay.demo.mail;

import dev.belay.Context;
import dev.belay.http.wire.WireHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * What is kept with a mail of the request that it is of, so that it is sent in the same trace and
 * under the same id: a header in each line, as a request to another service would have them.
 */
public final class MailHeaders {
  private MailHeaders() {}

  /** The text to keep. */
  public static String write(Context ctx, WireHeaders headers) {
    Map<String, String> written = new TreeMap<>();
    headers.withoutRemainingTime().write(ctx, written::put);
    var lines = new StringJoiner("\n");
    written.forEach((name, value) -> lines.add(name + ": " + value));
    return lines.toString();
  }

  /** {@code ctx} with what was kept. */
  static Context read(Context ctx, WireHeaders headers, String kept) {
    Map<String, String> fields = new HashMap<>();
    kept.lines()
        .map(line -> line.split(": ", 2))
        .filter(header -> header.length == 2)
        .forEach(header -> fields.put(header[0], header[1]));
    return headers.readValues(ctx, fields::get);
  }
}
