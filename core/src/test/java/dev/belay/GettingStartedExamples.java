package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/getting-started.md. */
class GettingStartedExamples {
  private static final ContextKey<String> USER = ContextKey.named("user", String.class);

  @Test
  void oneIdiom() {
    Context parent = Context.background();
    String answer;
    // @start region=idiom
    try (var ctx = parent.withTimeout(Duration.ofSeconds(2))) {
      answer = work(ctx);
    }
    // @end region=idiom
    assertThat(answer).isEqualTo("worked");
  }

  private static String work(Context ctx) {
    ctx.throwIfDone();
    return "worked";
  }

  @Test
  void checkBeforeExpensiveWork() throws Exception {
    try (var ctx = Context.background().withTimeout(Duration.ofMinutes(1))) {
      assertThat(all(ctx, List.of("a", "b"))).isEqualTo("all done");
      ctx.cancel();
      assertThatThrownBy(() -> all(ctx, List.of("a")))
          .isInstanceOf(ContextCancelledException.class);
    }
    try (var ctx = Context.background().withTimeout(Duration.ofMillis(5))) {
      assertThatThrownBy(() -> ctx.sleep(Duration.ofSeconds(10)))
          .isInstanceOf(DeadlineExceededException.class);
    }
  }

  // @start region=look
  static String all(Context ctx, List<String> items) throws InterruptedException {
    for (String item : items) {
      ctx.throwIfDone();
      if (!ctx.hasTimeFor(Duration.ofMillis(10))) {
        return "stopped before " + item;
      }
      ctx.sleep(Duration.ofMillis(1));
    }
    return "all done";
  }

  // @end region=look

  // @start region=own-means
  static String readLine(Context ctx, Socket socket, BufferedReader reader) throws IOException {
    return ctx.call(Canceller.closing(socket), c -> reader.readLine());
  }

  // @end region=own-means

  @Test
  void stopWhatBlocksByItsOwnMeans() throws Exception {
    try (var ctx = Context.background().withCancel();
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      var reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      var reading = new FutureTask<>(() -> readLine(ctx, socket, reader));
      Thread thread = Thread.ofVirtual().start(reading);
      Fixture.awaitParked(thread);
      ctx.cancel();
      thread.join();
      assertThat(reading.exceptionNow())
          .isInstanceOf(ContextCancelledException.class)
          .hasCauseInstanceOf(IOException.class);
    }
  }

  // @start region=process
  static int run(Context ctx, String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).start();
    int code = ctx.call(Canceller.destroying(process), c -> process.waitFor());
    ctx.throwIfDone(); // a destroyed process has an exit code, too
    return code;
  }

  // @end region=process

  @Test
  void aProcessIsDestroyed() throws Exception {
    try (var ctx = Context.background().withCancel()) {
      assertThat(run(ctx, "true")).isZero();
      var running = new FutureTask<>(() -> run(ctx, "sleep", "60"));
      Thread thread = Thread.ofVirtual().start(running);
      Fixture.awaitParked(thread);
      ctx.cancel();
      thread.join();
      assertThat(running.exceptionNow()).isInstanceOf(ContextCancelledException.class);
    }
  }

  // @start region=detach
  static void writeAudit(Context request, Queue<String> log) {
    try (var audit = request.detach("audit", Duration.ofSeconds(5))) {
      audit.run(c -> log.add("written for " + c.require(USER)));
    }
  }

  // @end region=detach

  @Test
  void workThatMustOutliveItsRequest() {
    var log = new ArrayDeque<String>();
    try (var root = Context.root("shop");
        var request = root.withValue(USER, "ada").withCancel()) {
      request.cancel();
      writeAudit(request, log);
    }
    assertThat(log).containsExactly("written for ada");
  }

  // @start region=shielded
  /** What must be finished although the request has ended: a rollback, a compensation. */
  static void giveBack(Context ctx, Queue<String> stock, String item) {
    ctx.runShielded(Duration.ofSeconds(5), c -> stock.add(item));
  }

  // @end region=shielded

  @Test
  void aShieldedBodyRunsAlthoughTheContextHasEnded() {
    var stock = new ArrayDeque<String>();
    try (var ctx = Context.background().withCancel()) {
      ctx.cancel();
      giveBack(ctx, stock, "tea");
    }
    assertThat(stock).containsExactly("tea");
  }
}
