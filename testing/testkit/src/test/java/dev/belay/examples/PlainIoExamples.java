package dev.belay.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/guide/plain-io.md. */
class PlainIoExamples {

  // @start region=socket
  static String ask(Context ctx, InetSocketAddress server, String question) throws IOException {
    try (var socket = new Socket()) {
      return ctx.call(
          Canceller.closing(socket), // ends connect, read and write, on every kind of thread
          c -> {
            socket.connect(server, c.socketTimeoutMillis());
            socket.getOutputStream().write((question + "\n").getBytes(UTF_8));
            return reader(socket).readLine();
          });
    }
  }

  // @end region=socket

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  // @start region=kept-socket
  /** Leaves the connection usable when the time is up: nothing is closed. */
  static int next(Context ctx, Socket socket) throws IOException {
    socket.setSoTimeout(ctx.socketTimeoutMillis());
    try {
      return socket.getInputStream().read();
    } catch (SocketTimeoutException e) {
      ctx.throwIfDone(e);
      throw e;
    }
  }

  // @end region=kept-socket

  // @start region=process
  static String output(Context ctx, String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return ctx.call(
        Canceller.destroying(process), // with its children
        c -> {
          String output = new String(process.getInputStream().readAllBytes(), UTF_8);
          int code = process.waitFor();
          if (code != 0) {
            throw new IOException(command[0] + " ended with " + code + ": " + output);
          }
          return output;
        });
  }

  // @end region=process

  // @start region=file
  static long copy(Context ctx, Path from, OutputStream to) throws IOException {
    long copied = 0;
    try (InputStream in = Files.newInputStream(from)) {
      byte[] part = new byte[64 * 1024];
      for (int count = in.read(part); count >= 0; count = in.read(part)) {
        ctx.throwIfDone(); // a read of a file takes its time and ends: look between two
        to.write(part, 0, count);
        copied += count;
      }
    }
    return copied;
  }

  // @end region=file

  // @start region=file-lock
  /** Asks again and again: FileChannel.lock cannot be stopped on a virtual thread. */
  static FileLock lock(Context ctx, FileChannel file) throws IOException, InterruptedException {
    for (; ; ) {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return lock;
      }
      ctx.sleep(Duration.ofMillis(20));
    }
  }

  // @end region=file-lock

  // @start region=lock
  static void underLock(Context ctx, Lock lock, Runnable work) throws InterruptedException {
    ctx.runInterruptibly(c -> lock.lockInterruptibly());
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  // @end region=lock

  // @start region=queue
  static <T> T take(Context ctx, BlockingQueue<T> queue) throws InterruptedException {
    return ctx.callInterruptibly(c -> queue.take());
  }

  // @end region=queue

  // @start region=worth-it
  static List<Path> resize(Context ctx, List<Path> pictures) {
    List<Path> left = new ArrayList<>(pictures);
    while (!left.isEmpty() && ctx.hasTimeFor(Duration.ofSeconds(2))) {
      left.removeFirst(); // two seconds of work that nothing can stop
    }
    return left;
  }

  // @end region=worth-it

  @Test
  void aSocketIsAskedAndClosed(CancellableContext ctx) throws Exception {
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var address = (InetSocketAddress) server.getLocalSocketAddress();
      Thread answers =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var client = server.accept()) {
                      String line = reader(client).readLine();
                      client.getOutputStream().write((line + "!\n").getBytes(UTF_8));
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                    try (var silent = server.accept()) {
                      ctx.cancel();
                      silent.getInputStream().readAllBytes(); // returns, for the client closes
                    } catch (IOException e) {
                      // reset: closed too
                    }
                  });
      assertThat(ask(ctx, address, "how much")).isEqualTo("how much!");
      assertThatThrownBy(() -> ask(ctx, address, "how long"))
          .isInstanceOf(ContextCancelledException.class);
      answers.join();
    }
  }

  @Test
  void aSocketOutlivesADeadline() throws Exception {
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var socket = new Socket(server.getInetAddress(), server.getLocalPort());
        var peer = server.accept();
        var limited = Context.background().withTimeout(Duration.ofMillis(20))) {
      assertThatThrownBy(() -> next(limited, socket))
          .isInstanceOf(DeadlineExceededException.class)
          .hasCauseInstanceOf(SocketTimeoutException.class);
      peer.getOutputStream().write(7);
      assertThat(next(Context.background(), socket)).isEqualTo(7);
    }
  }

  @Test
  void aProcessGivesItsOutputOrIsDestroyed(CancellableContext ctx) throws Exception {
    assertThat(output(ctx, "echo", "done")).isEqualTo("done\n");
    assertThatThrownBy(() -> output(ctx, "sh", "-c", "echo no; exit 3"))
        .isInstanceOf(IOException.class)
        .hasMessage("sh ended with 3: no\n");
    assertThatThrownBy(
            () -> {
              try (var limited = ctx.withTimeout(Duration.ofMillis(50))) {
                output(limited, "sleep", "3600");
              }
            })
        .isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  void aFileIsCopiedUntilTheEnd(CancellableContext ctx, @TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[1_000_000]);
    assertThat(copy(ctx, file, OutputStream.nullOutputStream())).isEqualTo(1_000_000);
    ctx.cancel();
    assertThatThrownBy(() -> copy(ctx, file, OutputStream.nullOutputStream()))
        .isInstanceOf(ContextCancelledException.class);
  }

  @Test
  void aFileIsLocked(Context ctx, @TempDir Path folder) throws Exception {
    Path path = folder.resolve("lock");
    try (var file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock(ctx, file)) {
      assertThat(held.isValid()).isTrue();
    }
  }

  @Test
  void locksAndQueuesAreWaitedForUntilTheEnd(CancellableContext ctx) throws Exception {
    var lock = new ReentrantLock();
    underLock(ctx, lock, () -> assertThat(lock.isHeldByCurrentThread()).isTrue());
    var queue = new ArrayBlockingQueue<String>(1);
    queue.add("first");
    assertThat(take(ctx, queue)).isEqualTo("first");
    ctx.cancel();
    assertThatThrownBy(() -> take(ctx, queue)).isInstanceOf(ContextCancelledException.class);
    assertThatThrownBy(() -> underLock(ctx, lock, () -> {}))
        .isInstanceOf(ContextCancelledException.class);
  }

  @Test
  void whatIsNotWorthStartingIsLeft(Context ctx) {
    List<Path> pictures = List.of(Path.of("a.jpg"), Path.of("b.jpg"));
    assertThat(resize(ctx, pictures)).isEmpty();
    try (var limited = ctx.withTimeout(Duration.ofSeconds(1))) {
      assertThat(resize(limited, pictures)).isEqualTo(pictures);
    }
  }
}
