package dev.belay.http.server;

import dev.belay.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events: a {@link ResponseStream} of the type {@code text/event-stream}. Each event is
 * sent at once. The stream ends when the endpoint returns, or is cut off with its context; a
 * browser connects again after either. One thread uses it. Source: the HTML standard, section 9.2.
 */
public final class EventStream {
  private final Context ctx;
  private final ResponseStream out;

  private EventStream(Context ctx, ResponseStream out) {
    this.ctx = ctx;
    this.out = out;
  }

  /**
   * Begins a stream, and sends its header.
   *
   * @param ctx the request's context, or one below it
   * @param writeLimit how long the client may take over each event. Give a host that has a limit
   *     for whole responses none for this one.
   */
  public static <Q, S> EventStream open(
      Context ctx, HttpMessages<Q, S> messages, Q request, S response, Duration writeLimit)
      throws IOException {
    messages.setHeader(response, "Cache-Control", "no-store");
    messages.setHeader(response, "X-Accel-Buffering", "no"); // nginx keeps events back otherwise
    var out =
        ResponseStream.open(ctx, messages, request, response, 200, "text/event-stream", writeLimit);
    out.flush();
    return new EventStream(ctx, out);
  }

  /**
   * Sends an event.
   *
   * @param data its text, of any number of lines
   * @throws dev.belay.ContextEndedException if the context has ended, or the client takes too long
   * @throws IOException if the connection is lost
   */
  public void send(String data) throws IOException {
    send(null, null, data);
  }

  /**
   * Sends an event with a type or an id.
   *
   * @param type what a browser's listeners register for; null for {@code message}
   * @param id what a browser sends back as {@code Last-Event-ID} when it connects again; null for
   *     none
   * @param data its text, of any number of lines
   * @throws IllegalArgumentException if the type or the id has a line break or a NUL
   */
  public void send(@Nullable String type, @Nullable String id, String data) throws IOException {
    var event = new StringBuilder();
    field(event, "event", type);
    field(event, "id", id);
    Objects.requireNonNull(data, "data is null: pass the event's text")
        .lines()
        .forEach(line -> event.append("data: ").append(line).append('\n'));
    if (data.isEmpty()) {
      event.append("data:\n");
    }
    write(event.append('\n').toString());
  }

  private static void field(StringBuilder event, String name, @Nullable String value) {
    if (value != null) {
      if (value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
        throw new IllegalArgumentException("an event's " + name + " is one line, without NUL");
      }
      event.append(name).append(": ").append(value).append('\n');
    }
  }

  /**
   * Sends a comment, which no client reports, so that nothing between takes the stream for dead.
   */
  public void heartbeat() throws IOException {
    write(":\n\n");
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /**
   * Waits for the next element of {@code source}, and sends a heartbeat as often as {@code every}
   * passes without one.
   *
   * @throws dev.belay.ContextEndedException if the context ends first
   * @throws InterruptedException if the caller is interrupted
   * @throws IOException if the connection is lost
   */
  public <T> T next(BlockingQueue<? extends T> source, Duration every)
      throws IOException, InterruptedException {
    while (true) {
      T next = ctx.callInterruptibly(c -> source.poll(every.toMillis(), TimeUnit.MILLISECONDS));
      if (next != null) {
        return next;
      }
      heartbeat();
    }
  }
}
