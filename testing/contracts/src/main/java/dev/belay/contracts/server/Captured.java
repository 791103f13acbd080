package dev.belay.contracts.server;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * What a server under test lets be seen: what it logs by {@code java.util.logging}, Belay at every
 * level, and what a test adds. Any thread may add.
 */
final class Captured extends Handler {
  private final Queue<String> texts = new ConcurrentLinkedQueue<>();
  private final Logger root = Logger.getLogger("");
  private final Logger belay = Logger.getLogger("dev.belay");
  private @Nullable Level before;

  Captured() {
    setLevel(Level.ALL);
    setFormatter(new SimpleFormatter());
  }

  void begin() {
    before = belay.getLevel();
    belay.setLevel(Level.ALL);
    root.addHandler(this);
  }

  void end() {
    root.removeHandler(this);
    belay.setLevel(before);
  }

  void add(String text) {
    texts.add(text);
  }

  /** With its stack, its causes and what it has suppressed. */
  void add(@Nullable Throwable failure) {
    if (failure != null) {
      var text = new StringWriter();
      failure.printStackTrace(new PrintWriter(text, true));
      texts.add(text.toString());
    }
  }

  @Override
  public void publish(LogRecord record) {
    texts.add(getFormatter().format(record));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  /** Whether there is anything, and nothing has {@code canary} in it. */
  void assertFree(String canary) {
    assertFalse(texts.isEmpty(), "nothing was captured");
    for (String text : texts) {
      assertFalse(text.toLowerCase(Locale.ROOT).contains(canary), text);
    }
  }
}
