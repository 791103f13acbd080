package dev.belay.http.spi;

/**
 * Where native functions cannot be called: before Java 22. This class has a version for Java 22.
 */
final class Epoll {
  private Epoll() {}

  /**
   * Opens one.
   *
   * @throws UnsupportedOperationException always; the message says what is missing
   */
  @SuppressWarnings("DoNotCallSuggester") // the class of newer versions does not throw
  static SocketWatch.Descriptors open() {
    throw new UnsupportedOperationException("it takes Java 22 or newer");
  }
}
