package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R22: interruption, and R23 for it. */
class InterruptTest extends Fixture {

  private static CompletableFuture<String> start(
      ThreadFactory threads, java.util.concurrent.Callable<String> body) {
    var result = new CompletableFuture<String>();
    threads
        .newThread(
            () -> {
              try {
                result.complete(body.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            })
        .start();
    return result;
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22: the end interrupts the thread, and no flag is left")
  void theEndInterruptsTheThread(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var running = new CountDownLatch(1);
    var result =
        start(
            threads,
            () -> {
              try {
                ctx.runInterruptibly(
                    c -> {
                      running.countDown();
                      new CountDownLatch(1).await();
                    });
                return "returned";
              } catch (ContextCancelledException e) {
                return e.getCause().getClass().getSimpleName()
                    + ", flag "
                    + Thread.currentThread().isInterrupted();
              }
            });
    running.await();
    ctx.cancel();
    assertThat(result.get()).isEqualTo("InterruptedException, flag false");
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22: an interrupt that the body did not notice is taken back")
  void anUnnoticedInterruptIsTakenBack(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var result =
        start(
            threads,
            () -> {
              String computed =
                  ctx.callInterruptibly(
                      c -> {
                        ctx.cancel();
                        while (!Thread.currentThread().isInterrupted()) {
                          Thread.onSpinWait();
                        }
                        return "computed";
                      });
              return computed + ", flag " + Thread.currentThread().isInterrupted();
            });
    assertThat(result.get()).isEqualTo("computed, flag false");
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22: a flag that was set on entry is respected and kept")
  void aFlagSetOnEntryIsKept(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var result =
        start(
            threads,
            () -> {
              Thread.currentThread().interrupt();
              ctx.runInterruptibly(
                  c -> {
                    assertThat(Thread.currentThread().isInterrupted()).isTrue();
                    ctx.cancel();
                    for (int i = 0; i < 100_000; i++) {
                      Thread.onSpinWait(); // whenever the signal arrives, the flag stays theirs
                    }
                  });
              return "flag " + Thread.interrupted();
            });
    assertThat(result.get()).isEqualTo("flag true");
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22, R23: a foreign interrupt is thrown as it is")
  void aForeignInterruptIsThrownAsItIs(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var self = new CompletableFuture<Thread>();
    var result =
        start(
            threads,
            () -> {
              ctx.runInterruptibly(
                  c -> {
                    self.complete(Thread.currentThread());
                    new CountDownLatch(1).await();
                  });
              return "returned";
            });
    awaitParked(self.get());
    self.get().interrupt();
    assertThatThrownBy(result::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(ctx.isDone()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22: a foreign interrupt after ours was used up is kept")
  void aForeignInterruptAfterOursIsKept(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var result =
        start(
            threads,
            () -> {
              try {
                ctx.runInterruptibly(
                    c -> {
                      ctx.cancel();
                      try {
                        new CountDownLatch(1).await();
                      } finally {
                        Thread.currentThread().interrupt(); // another owner stops this thread
                      }
                    });
                return "returned";
              } catch (ContextCancelledException e) {
                return "ended, flag " + Thread.interrupted();
              }
            });
    assertThat(result.get()).isEqualTo("ended, flag true");
  }

  /** A thread to which ours is slow to be sent. */
  private static final class SlowlyInterrupted extends Thread {
    final CountDownLatch sending = new CountDownLatch(1);
    final CountDownLatch sent = new CountDownLatch(1);

    SlowlyInterrupted(Runnable body) {
      super(body);
      setDaemon(true);
    }

    @Override
    public void interrupt() {
      if (Thread.currentThread() != this) {
        sending.countDown();
        while (sent.getCount() > 0) {
          Thread.onSpinWait();
        }
      }
      super.interrupt();
    }

    void foreign() {
      super.interrupt();
    }
  }

  @Test
  @DisplayName("R22: a foreign interrupt that comes before ours, while the call is left, is kept")
  void aForeignInterruptBeforeOursIsKept() throws Exception {
    var ctx = root.withCancel();
    var leave = new CountDownLatch(1);
    var running = new CountDownLatch(1);
    var result = new CompletableFuture<Boolean>();
    var thread =
        new SlowlyInterrupted(
            () -> {
              try {
                ctx.runInterruptibly(
                    c -> {
                      running.countDown();
                      while (leave.getCount() > 0) {
                        Thread.onSpinWait();
                      }
                    });
              } catch (ContextCancelledException e) {
                // or it returns: both are ends of the call
              } finally {
                result.complete(Thread.interrupted());
              }
            });
    thread.start();
    running.await();
    ctx.cancel();
    thread.sending.await();
    leave.countDown();
    awaitParked(thread);
    thread.foreign();
    while (thread.isInterrupted()) {
      Thread.onSpinWait();
    }
    awaitParked(thread);
    thread.sent.countDown();
    assertThat(result.get()).isTrue();
  }

  @Tag("race")
  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22: no stray interrupt in a race of end and return")
  void noStrayInterruptInARace(ThreadFactory threads) throws Exception {
    var result =
        start(
            threads,
            () -> {
              int strays = 0;
              int ended = 0;
              for (int turn = 0; turn < 20_000; turn++) {
                var ctx = Context.background().withCancel();
                var go = new AtomicInteger();
                Thread canceller =
                    turn % 4 == 0
                        ? Thread.ofVirtual()
                            .start(
                                () -> {
                                  go.set(1);
                                  ctx.cancel();
                                })
                        : Thread.ofVirtual().unstarted(ctx::cancel);
                if (turn % 4 != 0) {
                  canceller.start();
                }
                int spins = turn % 97;
                try {
                  ctx.callInterruptibly(
                      c -> {
                        int x = 0;
                        for (int i = 0; i < spins * 20; i++) {
                          x += i ^ go.get();
                        }
                        return x;
                      });
                } catch (ContextCancelledException e) {
                  ended++;
                }
                if (Thread.interrupted()) {
                  strays++;
                }
                canceller.join();
                if (Thread.interrupted()) {
                  strays++;
                }
              }
              return "strays " + strays + (ended > 0 ? ", some refused" : ", none refused");
            });
    assertThat(result.get()).startsWith("strays 0");
  }

  @Test
  @DisplayName(
      "R23: what an interrupt closes on a virtual thread is explained, and no flag is left")
  void aChannelClosedByOurInterruptIsExplained() throws Exception {
    var ctx = root.withCancel();
    Pipe pipe = Pipe.open();
    var result =
        start(
            Thread.ofVirtual().factory(),
            () -> {
              try {
                ctx.runInterruptibly(
                    c -> {
                      ctx.cancel();
                      pipe.source().read(java.nio.ByteBuffer.allocate(1));
                    });
                return "returned";
              } catch (ContextCancelledException e) {
                return "ended, flag " + Thread.currentThread().isInterrupted();
              }
            });
    assertThat(result.get()).isEqualTo("ended, flag false");
    pipe.sink().close();
  }

  @Test
  @DisplayName("R23: a socket that our interrupt closes on a virtual thread is explained")
  void aSocketClosedByOurInterruptIsExplained() throws Exception {
    var ctx = root.withCancel();
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      var result =
          start(
              Thread.ofVirtual().factory(),
              () -> {
                try {
                  ctx.runInterruptibly(
                      c -> {
                        ctx.cancel();
                        socket.getInputStream().read();
                      });
                  return "returned";
                } catch (ContextCancelledException e) {
                  return e.getCause().getClass().getSimpleName()
                      + ", flag "
                      + Thread.currentThread().isInterrupted();
                }
              });
      assertThat(result.get()).isEqualTo("SocketException, flag false");
    }
  }

  @Test
  @DisplayName("what an interruption looks like, also wrapped")
  void whatAnInterruptionLooksLike() {
    assertThat(Canceller.isInterruption(new IOException(new InterruptedException()))).isTrue();
    assertThat(Canceller.isInterruption(new SocketException("Closed by interrupt"))).isTrue();
    assertThat(Canceller.isInterruption(new SocketException("reset"))).isFalse();
    assertThat(Canceller.isInterruption(new java.net.SocketTimeoutException())).isFalse();
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R24: nested interruptible calls each end, and no flag is left")
  void nestedInterruptibleCalls(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var result =
        start(
            threads,
            () -> {
              try {
                ctx.runInterruptibly(
                    c -> {
                      try {
                        c.runInterruptibly(
                            d -> {
                              ctx.cancel();
                              new CountDownLatch(1).await();
                            });
                      } catch (ContextCancelledException e) {
                        new CountDownLatch(1).await(); // the outer body goes on waiting
                      }
                    });
                return "returned";
              } catch (ContextCancelledException e) {
                return "ended, flag " + Thread.currentThread().isInterrupted();
              }
            });
    assertThat(result.get()).isEqualTo("ended, flag false");
  }

  @Test
  @DisplayName("R23: an interruption is looked for sixteen causes deep")
  void howDeepAnInterruptionIsLookedFor() {
    Throwable failure = new InterruptedException();
    for (int depth = 1; depth <= 16; depth++) {
      assertThat(Canceller.isInterruption(failure)).isTrue();
      failure = new IOException(failure);
    }
    assertThat(Canceller.isInterruption(failure)).isFalse();
    var one = new IOException("one");
    one.initCause(new IOException("two", one));
    assertThat(Canceller.isInterruption(one)).isFalse();
    assertThat(Canceller.isInterruption(new ClosedByInterruptException())).isTrue();
    assertThat(Canceller.isInterruption(new InterruptedIOException())).isTrue();
  }

  @Test
  @DisplayName("R23: without our interrupt, and for an error, nothing is explained")
  void whatAnInterruptionExplains() {
    var interruption = new Interruption(Thread.currentThread());
    assertThat(interruption.explains(new InterruptedException())).isFalse();
    interruption.cancel(0);
    assertThat(interruption.explains(new InterruptedException())).isTrue();
    assertThat(interruption.explains(new AssertionError(new InterruptedException()))).isFalse();
    assertThat(interruption.explains(new IOException("reset"))).isFalse();
    interruption.takeBack(null, false);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  @DisplayName(
      "R22: an interrupt beside ours is given back, when ours was used up and when it was not")
  void anInterruptBesideOursIsGivenBack() {
    for (Throwable failure :
        new Throwable[] {new InterruptedException(), new IOException("reset")}) {
      var interruption = new Interruption(Thread.currentThread());
      interruption.takeBack(failure, true);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
