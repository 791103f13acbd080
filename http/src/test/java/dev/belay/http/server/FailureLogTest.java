package dev.belay.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Context;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailureLogTest {
  private record Line(Level level, String text, @Nullable Throwable thrown) {}

  private final List<Line> lines = new ArrayList<>();
  private final System.Logger log =
      new System.Logger() {
        @Override
        public String getName() {
          return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
          return true;
        }

        @Override
        public void log(
            Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable thrown) {
          lines.add(new Line(level, text, thrown));
        }

        @Override
        public void log(
            Level level, @Nullable ResourceBundle bundle, String text, @Nullable Object... values) {
          lines.add(new Line(level, text, null));
        }
      };

  @Test
  void aProgrammingErrorIsLoggedWithItsStackAndTheRequestsName() {
    try (var request = Context.background().withName("POST /orders").withCancel()) {
      var bug = new NullPointerException("no such thing");
      FailureLog.write(log, request, 500, bug);
      assertThat(lines).hasSize(1);
      assertThat(lines.getFirst().level()).isEqualTo(Level.WARNING);
      assertThat(lines.getFirst().text()).contains("POST /orders");
      assertThat(lines.getFirst().thrown()).isSameAs(bug);
    }
  }

  @Test
  void aDeadlineIsOneLineWithItsStoryAlsoWhenItIsWrapped() {
    try (var request = Context.background().withName("POST /orders").withTimeout(Duration.ZERO)) {
      Throwable deadline = catchThrowable(request::throwIfDone);
      FailureLog.write(log, request, 504, new ExecutionException(deadline));
      assertThat(lines).hasSize(1);
      assertThat(lines.getFirst().level()).isEqualTo(Level.INFO);
      assertThat(lines.getFirst().text()).contains("POST /orders", deadline.getMessage());
      assertThat(lines.getFirst().thrown()).isNull();
    }
  }

  @Test
  void aSlowReaderIsOneLineThoughItGetsNoAnswer() {
    try (var request = Context.background().withName("GET /large").withCancel()) {
      request.cancel(new WriteTimeoutException("the response was not read after PT1M", null));
      Throwable ended = catchThrowable(request::throwIfDone);
      FailureLog.write(log, request, 0, ended);
      assertThat(lines.getFirst().level()).isEqualTo(Level.INFO);
      assertThat(lines.getFirst().text())
          .startsWith("no answer for")
          .contains("GET /large", "WriteTimeoutException", "after PT1M");
    }
  }

  @Test
  void theLineNamesTheReason() {
    try (var request = Context.background().withName("POST /orders").withCancel()) {
      request.cancel(new BodyTimeoutException("the body was not complete after PT1S", null));
      Throwable ended = catchThrowable(request::throwIfDone);
      FailureLog.write(log, request, 408, ended);
      assertThat(lines.getFirst().level()).isEqualTo(Level.INFO);
      assertThat(lines.getFirst().text()).contains("BodyTimeoutException", "after PT1S");
    }
  }

  @Test
  void theClientsOwnMistakesAreForDebugging() {
    FailureLog.write(log, Context.background(), 400, new BadRequestException("no such size"));
    FailureLog.write(log, Context.background(), 0, new ClientGoneException("reset", null));
    assertThat(lines).extracting(Line::level).containsExactly(Level.DEBUG, Level.DEBUG);
  }
}
