package dev.belay.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  private static final Duration DAY = Duration.ofDays(1);

  /** What a client has received. */
  private static final class Received {
    final Map<String, String> headers = new HashMap<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    final CountDownLatch cut = new CountDownLatch(1);
    boolean reading = true;
    volatile @Nullable Throwable why;

    String text() {
      return body.toString(UTF_8);
    }
  }

  private final Received client = new Received();

  private static final class Messages implements HttpMessages<String, Received> {
    @Override
    public String method(String request) {
      return "GET";
    }

    @Override
    public String path(String request) {
      return request;
    }

    @Override
    public @Nullable String header(String request, String name) {
      return null;
    }

    @Override
    public void setHeader(Received response, String name, String value) {
      response.headers.put(name, value);
    }

    @Override
    public int status(Received response) {
      return 200;
    }

    @Override
    public boolean isCommitted(Received response) {
      return response.body.size() > 0;
    }

    @Override
    public void answer(Received response, int status, String contentType, byte[] body) {
      throw new UnsupportedOperationException("it streams");
    }

    @Override
    public OutputStream begin(Received response, int status, String contentType) {
      response.headers.put("Content-Type", contentType);
      return new OutputStream() {
        @Override
        public void write(int b) {
          response.body.write(b);
        }

        @Override
        public void flush() throws IOException {
          if (!response.reading) {
            try {
              response.cut.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            throw new IOException("cut off", response.why);
          }
        }
      };
    }

    @Override
    public void setTrailers(Received response, Supplier<Map<String, String>> trailers) {
      throw new UnsupportedOperationException("events have none");
    }

    @Override
    public void cutOff(String request, Received response, Throwable why) {
      response.why = why;
      response.cut.countDown();
    }

    @Override
    public Throwable translated(Received response, Throwable thrown) {
      return thrown;
    }

    @Override
    public String withBodyLimit(String request, long bytes) {
      return request;
    }
  }

  private EventStream open(CancellableContext ctx, Duration limit) throws IOException {
    return EventStream.open(ctx, new Messages(), "/events", client, limit);
  }

  @Test
  void anEventIsSentInTheFormOfTheStandard(CancellableContext ctx) throws Exception {
    EventStream events = open(ctx, DAY);
    events.send("one");
    events.send("price", "7", "two\nlines");
    events.send("");
    events.heartbeat();
    assertThat(client.headers)
        .containsEntry("Content-Type", "text/event-stream")
        .containsEntry("Cache-Control", "no-store");
    assertThat(client.text())
        .isEqualTo("data: one\n\nevent: price\nid: 7\ndata: two\ndata: lines\n\ndata:\n\n:\n\n");
  }

  @Test
  void aTypeOrAnIdWithALineBreakIsRefused(CancellableContext ctx) throws Exception {
    EventStream events = open(ctx, DAY);
    assertThatIllegalArgumentException().isThrownBy(() -> events.send("a\ndata: b", null, "c"));
    assertThatIllegalArgumentException().isThrownBy(() -> events.send(null, "a\rb", "c"));
    assertThat(client.text()).isEmpty();
  }

  @Test
  void aWaitForTheNextElementSendsHeartbeats(CancellableContext ctx) throws Exception {
    EventStream events = open(ctx, DAY);
    var source = new ArrayBlockingQueue<String>(1);
    Thread feeding =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (client.body.size() < 6) {
                    Thread.onSpinWait();
                  }
                  source.add("at last");
                });
    assertThat(events.<String>next(source, Duration.ofMillis(1))).isEqualTo("at last");
    feeding.join();
    assertThat(client.text()).startsWith(":\n\n:\n\n");
  }

  @Test
  void theEndOfTheContextEndsTheWait(CancellableContext ctx) throws Exception {
    EventStream events = open(ctx, DAY);
    ctx.cancel(new ClientGoneException("client gone", null));
    assertThatThrownBy(() -> events.next(new ArrayBlockingQueue<String>(1), DAY))
        .isInstanceOf(ContextCancelledException.class);
    assertThatThrownBy(() -> events.send("late")).isInstanceOf(ContextCancelledException.class);
    assertThat(client.text()).isEmpty();
  }

  @Test
  void aClientThatDoesNotReadIsCutOffAtTheLimit(CancellableContext ctx) throws Exception {
    EventStream events = open(ctx, Duration.ofMillis(50));
    client.reading = false;
    assertThatThrownBy(() -> events.send("unread"))
        .isInstanceOfSatisfying(
            DeadlineExceededException.class,
            late -> assertThat(late.ending().cause()).isInstanceOf(WriteTimeoutException.class));
    assertThat(client.why).isInstanceOf(WriteTimeoutException.class);
    assertThat(ctx.isDone()).isFalse();
  }

  @Test
  void aClientNeedsSomeTime(CancellableContext ctx) {
    assertThatIllegalArgumentException().isThrownBy(() -> open(ctx, Duration.ZERO));
  }
}
