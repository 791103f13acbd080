package dev.belay.jetty;

import dev.belay.http.spi.ClientLimit;
import dev.belay.http.spi.ClientLimits;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Sees when the server waits for the client of one request: for its body, or to take a part. */
final class LimitedStream extends HttpStream.Wrapper {
  private final ClientLimit reading;
  private final ClientLimit writing;
  private ClientLimit.Wait body = new ClientLimit.Wait(); // of the one that reads

  LimitedStream(HttpStream stream, ClientLimits limits) {
    super(stream);
    this.reading = limits.reading();
    this.writing = limits.writing();
  }

  @Override
  public Content.@Nullable Chunk read() {
    Content.Chunk chunk = super.read();
    if (chunk != null) {
      reading.over(body);
      if (chunk.isLast()) {
        reading.end();
      }
    }
    return chunk;
  }

  @Override
  public void demand() {
    body = new ClientLimit.Wait();
    reading.waitFor(body);
    super.demand();
  }

  @Override
  public void send(
      MetaData.Request request,
      MetaData.@Nullable Response response,
      boolean last,
      @Nullable ByteBuffer content,
      Callback callback) {
    writing.begin();
    var part = new ClientLimit.Wait();
    super.send(request, response, last, content, new Sent(callback, part));
    writing.waitFor(part); // most parts have been taken by now, and need no timer
  }

  private final class Sent extends Callback.Nested {
    private final ClientLimit.Wait part;

    Sent(Callback callback, ClientLimit.Wait part) {
      super(callback);
      this.part = part;
    }

    @Override
    public void succeeded() {
      writing.over(part);
      super.succeeded();
    }

    @Override
    public void failed(Throwable failure) {
      writing.over(part);
      super.failed(failure);
    }
  }

  @Override
  public void succeeded() {
    end();
    super.succeeded();
  }

  @Override
  public void failed(Throwable failure) {
    end();
    super.failed(failure);
  }

  private void end() {
    reading.end();
    writing.end();
  }
}
