package dev.belay.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextBodyPublishersTest {
  /** A stream that counts how often it was closed. */
  private static final class Source extends ByteArrayInputStream {
    final AtomicInteger closed = new AtomicInteger();

    Source(int length) {
      super(new byte[length]);
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  /** Takes what it has asked for. */
  private static final class Taker implements Flow.Subscriber<ByteBuffer> {
    final StringBuilder taken = new StringBuilder();
    Flow.Subscription subscription;
    Throwable failure;
    boolean completed;

    Taker of(BodyPublisher body) {
      body.subscribe(this);
      return this;
    }

    @Override
    public void onSubscribe(Flow.Subscription made) {
      subscription = made;
    }

    @Override
    public void onNext(ByteBuffer part) {
      taken.append(UTF_8.decode(part));
    }

    @Override
    public void onError(Throwable thrown) {
      failure = thrown;
    }

    @Override
    public void onComplete() {
      completed = true;
    }
  }

  @Test
  void aStreamThatIsCutOffIsClosed() {
    var source = new Source(1 << 20);
    var taker = new Taker().of(ContextBodyPublishers.ofInputStream(() -> source));
    taker.subscription.request(1);
    assertThat(source.closed).hasValue(0);
    taker.subscription.cancel();
    assertThat(source.closed).hasValue(1);
    taker.subscription.request(1);
    assertThat(taker.completed).isFalse();
  }

  @Test
  void aStreamThatIsSentWholeIsClosed() {
    var source = new Source(10);
    var body = ContextBodyPublishers.ofInputStream(() -> source);
    assertThat(body.contentLength()).isNegative();
    var taker = new Taker().of(body);
    taker.subscription.request(Long.MAX_VALUE);
    assertThat(taker.completed).isTrue();
    assertThat(taker.taken).hasSize(10);
    assertThat(source.closed.get()).isPositive();
  }

  @Test
  void aFileIsOpenedForEachRequest(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("order.json"), "{}");
    BodyPublisher body = ContextBodyPublishers.ofFile(file);
    assertThat(body.contentLength()).isEqualTo(2);
    for (int i = 0; i < 2; i++) {
      var taker = new Taker().of(body);
      taker.subscription.request(Long.MAX_VALUE);
      assertThat(taker.taken).hasToString("{}");
      assertThat(taker.completed).isTrue();
    }
  }

  @Test
  void aStreamThatIsNotThereFailsTheRequest() {
    var taker = new Taker().of(ContextBodyPublishers.ofInputStream(() -> null));
    taker.subscription.request(1);
    assertThat(taker.failure).hasMessageContaining("null");
  }

  @Test
  void whatIsNoFileIsRefused(@TempDir Path folder) {
    assertThatThrownBy(() -> ContextBodyPublishers.ofFile(folder.resolve("none")))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("none");
    assertThatThrownBy(() -> ContextBodyPublishers.ofFile(folder))
        .isInstanceOf(FileNotFoundException.class);
    assertThatThrownBy(() -> ContextBodyPublishers.ofFile(null)).hasMessageContaining("noBody");
    assertThatThrownBy(() -> ContextBodyPublishers.ofInputStream(null))
        .hasMessageContaining("noBody");
  }
}
