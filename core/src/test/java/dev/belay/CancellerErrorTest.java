package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CancellerErrorTest {
  @Test
  void aCancellerThatFailsWithAnErrorIsCalledAgain() {
    var stopped = new CountDownLatch(1);
    var abandoned = new AtomicBoolean();
    var canceller =
        new Canceller() {
          @Override
          public void cancel(int attempt) {
            if (attempt == 0) {
              throw new LinkageError("the driver's class cannot be loaded");
            }
            stopped.countDown();
          }

          @Override
          public void abandoned() {
            abandoned.set(true);
          }
        };
    try (var ctx = Context.background().withCancel()) {
      assertThatThrownBy(
              () ->
                  ctx.run(
                      canceller,
                      c -> {
                        ctx.cancel();
                        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
                        throw new IOException("stopped");
                      }))
          .isInstanceOf(ContextCancelledException.class);
    }
    assertThat(abandoned).isFalse();
  }
}
