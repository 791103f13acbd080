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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/getting-started.md. */
class GettingStartedExamples {
  private static final ContextKey<String> USER = ContextKey.named("user", String.class);

  @Test
  void oneIdiom() {
    Context parent = Context.background();
    String answer;
    try (var ctx = parent.withTimeout(Duration.ofSeconds(2))) {
      answer = work(ctx);
    }
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

  private static String all(Context ctx, List<String> items) throws InterruptedException {
    for (String item : items) {
      ctx.throwIfDone();
      if (!ctx.hasTimeFor(Duration.ofMillis(10))) {
        return "stopped before " + item;
      }
      ctx.sleep(Duration.ofMillis(1));
    }
    return "all done";
  }

  @Test
  void stopWhatBlocksByItsOwnMeans() throws Exception {
    try (var ctx = Context.background().withCancel();
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      var reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertThatThrownBy(
              () ->
                  ctx.call(
                      Canceller.closing(socket),
                      c -> {
                        ctx.cancel(); // the client leaves
                        return reader.readLine();
                      }))
          .isInstanceOf(ContextCancelledException.class)
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void workThatMustOutliveItsRequest() {
    List<String> log = new ArrayList<>();
    try (var root = Context.root("shop");
        var request = root.withValue(USER, "ada").withCancel()) {
      request.cancel();
      try (var audit = request.detach("audit", Duration.ofSeconds(5))) {
        audit.run(c -> log.add("written for " + c.require(USER)));
      }
    }
    assertThat(log).containsExactly("written for ada");
  }
}
