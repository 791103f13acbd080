package dev.belay.jdbc;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Streams of the driver that obey the connection's context. They are buffered, because each use of
 * the driver's own may ask the server. What ended is an {@link IOException} with JDBC's exception
 * as its cause.
 */
final class ContextStreams {
  private static final String READING = "reading a stream";
  private static final String WRITING = "writing a stream";

  private ContextStreams() {}

  /** What a stream of the driver does. */
  @FunctionalInterface
  private interface Use<T> {
    T of() throws IOException;
  }

  /** The connection and the statement that a stream came from. */
  private record Origin(ContextConnection connection, @Nullable Statement statement) {
    <T> T use(String phase, Use<T> use) throws IOException {
      try {
        return connection.<T>move(statement, phase, () -> declared(use));
      } catch (SQLException e) {
        throw e.getCause() instanceof IOException own ? own : new IOException(e.getMessage(), e);
      }
    }

    /** As the driver's other calls fail; {@link #use} takes the exception out again. */
    private static <T> T declared(Use<T> use) throws SQLException {
      try {
        return use.of();
      } catch (IOException e) {
        throw new SQLException(e);
      }
    }

    /** Closing works also after the end of the context. */
    void close(AutoCloseable stream) throws IOException {
      try {
        connection.closing(
            true,
            SqlRunnable.callable(
                () -> {
                  try {
                    stream.close();
                  } catch (SQLException | RuntimeException e) {
                    throw e;
                  } catch (Exception e) {
                    throw new SQLException(e);
                  }
                }));
      } catch (SQLException e) {
        throw e.getCause() instanceof IOException own ? own : new IOException(e.getMessage(), e);
      }
    }
  }

  static InputStream input(
      ContextConnection connection, @Nullable Statement statement, InputStream target) {
    var origin = new Origin(connection, statement);
    return new BufferedInputStream(
        new InputStream() {
          @Override
          public int read() throws IOException {
            return origin.use(READING, target::read);
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return origin.use(READING, () -> target.read(bytes, offset, length));
          }

          @Override
          public int available() throws IOException {
            return origin.use(READING, target::available);
          }

          @Override
          public void close() throws IOException {
            origin.close(target);
          }
        });
  }

  static OutputStream output(
      ContextConnection connection, @Nullable Statement statement, OutputStream target) {
    var origin = new Origin(connection, statement);
    return new BufferedOutputStream(
        new OutputStream() {
          @Override
          public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            boolean unused =
                origin.use(
                    WRITING,
                    () -> {
                      target.write(bytes, offset, length);
                      return true;
                    });
          }

          @Override
          public void flush() throws IOException {
            boolean unused =
                origin.use(
                    WRITING,
                    () -> {
                      target.flush();
                      return true;
                    });
          }

          @Override
          public void close() throws IOException {
            origin.close(target);
          }
        });
  }

  static Reader reader(ContextConnection connection, @Nullable Statement statement, Reader target) {
    var origin = new Origin(connection, statement);
    return new BufferedReader(
        new Reader() {
          @Override
          public int read(char[] text, int offset, int length) throws IOException {
            return origin.use(READING, () -> target.read(text, offset, length));
          }

          @Override
          public void close() throws IOException {
            origin.close(target);
          }
        });
  }

  static Writer writer(ContextConnection connection, @Nullable Statement statement, Writer target) {
    var origin = new Origin(connection, statement);
    return new BufferedWriter(
        new Writer() {
          @Override
          public void write(char[] text, int offset, int length) throws IOException {
            boolean unused =
                origin.use(
                    WRITING,
                    () -> {
                      target.write(text, offset, length);
                      return true;
                    });
          }

          @Override
          public void flush() throws IOException {
            boolean unused =
                origin.use(
                    WRITING,
                    () -> {
                      target.flush();
                      return true;
                    });
          }

          @Override
          public void close() throws IOException {
            origin.close(target);
          }
        });
  }
}
