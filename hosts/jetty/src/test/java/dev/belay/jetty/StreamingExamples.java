package dev.belay.jetty;

import dev.belay.Context;
import dev.belay.http.server.EventStream;
import dev.belay.http.server.ResponseStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.StreamSupport;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** The code of the guide's page on streaming; {@link EventStreamIT} runs it. */
final class StreamingExamples {
  private StreamingExamples() {}

  // @start region=events
  static void prices(Context ctx, Request request, Response response, BlockingQueue<String> source)
      throws IOException, InterruptedException {
    var events =
        EventStream.open(ctx, JettyMessages.INSTANCE, request, response, Duration.ofSeconds(10));
    while (true) {
      String price = events.next(source, Duration.ofMillis(100)); // a heartbeat while there is none
      if (price.isEmpty()) {
        return; // the stream is complete
      }
      events.send(price);
    }
  }

  // @end region=events

  // @start region=rows
  static void export(Context ctx, Request request, Response response, Iterable<List<String>> rows)
      throws IOException {
    try (var out =
        ResponseStream.open(
            ctx,
            JettyMessages.INSTANCE,
            request,
            response,
            200,
            "text/csv; charset=utf-8",
            Duration.ofSeconds(10))) {
      for (List<String> row : rows) {
        out.write((String.join(",", row) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  // @end region=rows

  // @start region=trailers
  static void countedExport(
      Context ctx, Request request, Response response, Iterable<List<String>> rows)
      throws IOException {
    var count = new AtomicLong();
    JettyMessages.INSTANCE.setTrailers(response, () -> Map.of("X-Rows", count.toString()));
    export(ctx, request, response, counted(rows, count));
  }

  // @end region=trailers

  private static Iterable<List<String>> counted(Iterable<List<String>> rows, AtomicLong count) {
    return () ->
        StreamSupport.stream(rows.spliterator(), false)
            .peek(row -> count.incrementAndGet())
            .iterator();
  }
}
