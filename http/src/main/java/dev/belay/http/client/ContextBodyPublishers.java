package dev.belay.http.client;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Bodies of requests that close what they read from, also when the exchange ends before all of it
 * was sent. The JDK's own {@link BodyPublishers#ofFile} and {@link BodyPublishers#ofInputStream}
 * close it only at its end: an upload that is cut off by its context then keeps a file descriptor
 * until a garbage collection.
 *
 * <p>The publishers may be used for several requests, at the same time too.
 */
public final class ContextBodyPublishers {
  private ContextBodyPublishers() {}

  /**
   * The content of a file, which is opened anew for each request.
   *
   * @throws FileNotFoundException if there is no such file, now
   * @throws IOException if its length cannot be read
   */
  public static BodyPublisher ofFile(Path file) throws IOException {
    Objects.requireNonNull(file, "file is null: BodyPublishers.noBody() sends nothing");
    if (!Files.isRegularFile(file)) {
      throw new FileNotFoundException("no file to send: " + file);
    }
    return BodyPublishers.fromPublisher(
        new ClosingPublisher(
            () -> {
              try {
                return Files.newInputStream(file);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }),
        Files.size(file));
  }

  /**
   * What {@code source} gives, until its end. It is sent in chunks: its length is not known.
   *
   * @param source is asked once for each request, on a thread of the client; the stream is closed
   *     by the client's threads. What it throws fails the request.
   */
  public static BodyPublisher ofInputStream(Supplier<? extends InputStream> source) {
    Objects.requireNonNull(source, "source is null: BodyPublishers.noBody() sends nothing");
    return BodyPublishers.fromPublisher(new ClosingPublisher(source));
  }
}
