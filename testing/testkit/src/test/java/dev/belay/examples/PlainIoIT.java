package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.belay.CancellableContext;
import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of docs/guide/plain-io.md: what ends what, on platform and on virtual threads. */
class PlainIoIT {

  /** Blocks until its context ends; whatever it opened it closes. */
  interface Blocking {
    void block(Context ctx, CountDownLatch entered) throws Exception;
  }

  static Stream<Arguments> everywhere() {
    return Stream.of(
            argumentSet("ServerSocket.accept, closing", (Blocking) PlainIoIT::accept),
            argumentSet("Socket.read, closing", (Blocking) PlainIoIT::socketRead),
            argumentSet("Socket.write, closing", (Blocking) PlainIoIT::socketWrite),
            argumentSet("Socket.connect, closing", (Blocking) PlainIoIT::connect),
            argumentSet("DatagramSocket.receive, closing", (Blocking) PlainIoIT::receive),
            argumentSet("SocketChannel.read, closing", (Blocking) PlainIoIT::channelRead),
            argumentSet("Pipe.read, closing", (Blocking) PlainIoIT::pipeRead),
            argumentSet("Process output, destroying", (Blocking) PlainIoIT::processOutput),
            argumentSet("Process.waitFor, destroying", (Blocking) PlainIoIT::processEnd),
            argumentSet("FileChannel.tryLock, asked again", (Blocking) PlainIoIT::fileLock),
            argumentSet("Lock, interrupt", (Blocking) PlainIoIT::lock),
            argumentSet("Semaphore, interrupt", (Blocking) PlainIoIT::semaphore),
            argumentSet("BlockingQueue, interrupt", (Blocking) PlainIoIT::queue))
        .map(Arguments.class::cast);
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void endsOnAVirtualThread(Blocking blocking, CancellableContext ctx) throws Exception {
    ends(blocking, ctx, Thread.ofVirtual());
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void endsOnAPlatformThread(Blocking blocking, CancellableContext ctx) throws Exception {
    ends(blocking, ctx, Thread.ofPlatform());
  }

  static Stream<Arguments> onPlatformThreads() {
    return Stream.of(
        argumentSet("named pipe by FileChannel, closing", (Blocking) PlainIoIT::namedPipe));
  }

  /** On a virtual thread neither a close nor an interrupt ends it; the close itself hangs. */
  @ParameterizedTest
  @MethodSource("onPlatformThreads")
  void endsOnAPlatformThreadOnly(Blocking blocking, CancellableContext ctx) throws Exception {
    ends(blocking, ctx, Thread.ofPlatform());
  }

  private static void ends(Blocking blocking, CancellableContext ctx, Thread.Builder threads)
      throws Exception {
    var entered = new CountDownLatch(1);
    var task =
        new FutureTask<Void>(
            () -> {
              blocking.block(ctx, entered);
              return null;
            });
    Thread thread = threads.start(task);
    entered.await();
    ctx.cancel();
    thread.join();
    assertThat(task.exceptionNow()).isInstanceOf(ContextCancelledException.class);
  }

  // ---- sockets

  private static ServerSocket server(int backlog) throws IOException {
    return new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
  }

  private static void accept(Context ctx, CountDownLatch entered) throws IOException {
    try (ServerSocket server = server(5)) {
      ctx.call(
          Canceller.closing(server),
          c -> {
            entered.countDown();
            return server.accept();
          });
    }
  }

  private static void socketRead(Context ctx, CountDownLatch entered) throws IOException {
    try (ServerSocket server = server(5);
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      ctx.call(
          Canceller.closing(socket),
          c -> {
            entered.countDown();
            return socket.getInputStream().read();
          });
    }
  }

  private static void socketWrite(Context ctx, CountDownLatch entered) throws IOException {
    try (ServerSocket server = server(5);
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      ctx.run(
          Canceller.closing(socket),
          c -> {
            entered.countDown();
            while (true) {
              socket.getOutputStream().write(new byte[1 << 20]); // nobody reads
            }
          });
    }
  }

  /** The server takes no more connections than wait already, and says so to nobody. */
  private static void connect(Context ctx, CountDownLatch entered) throws IOException {
    try (ServerSocket server = server(1);
        Socket first = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket second = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket socket = new Socket()) {
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      ctx.run(
          Canceller.closing(socket),
          c -> {
            entered.countDown();
            socket.connect(server.getLocalSocketAddress());
            socket.getInputStream().read(); // a system with a longer queue
          });
    }
  }

  private static void receive(Context ctx, CountDownLatch entered) throws IOException {
    try (var socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      ctx.run(
          Canceller.closing(socket),
          c -> {
            entered.countDown();
            socket.receive(new DatagramPacket(new byte[1], 1));
          });
    }
  }

  private static void channelRead(Context ctx, CountDownLatch entered) throws IOException {
    try (ServerSocketChannel server =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SocketChannel channel = SocketChannel.open(server.getLocalAddress())) {
      ctx.call(
          Canceller.closing(channel),
          c -> {
            entered.countDown();
            return channel.read(ByteBuffer.allocate(1));
          });
    }
  }

  private static void pipeRead(Context ctx, CountDownLatch entered) throws IOException {
    Pipe pipe = Pipe.open();
    try (Pipe.SinkChannel sink = pipe.sink();
        Pipe.SourceChannel source = pipe.source()) {
      assertThat(sink.isOpen()).isTrue();
      ctx.call(
          Canceller.closing(source),
          c -> {
            entered.countDown();
            return source.read(ByteBuffer.allocate(1));
          });
    }
  }

  // ---- processes

  private static void processOutput(Context ctx, CountDownLatch entered) throws IOException {
    // The child holds the pipe open: it has to go, too.
    Process process = new ProcessBuilder("sh", "-c", "sleep 3600; echo never").start();
    ctx.call(
        Canceller.destroying(process),
        c -> {
          while (process.descendants().findAny().isEmpty()) { // one that is being born could escape
            Thread.onSpinWait();
          }
          entered.countDown();
          if (process.getInputStream().read() < 0) {
            throw new IOException("the process has ended");
          }
          return "something";
        });
  }

  private static void processEnd(Context ctx, CountDownLatch entered) throws Exception {
    Process process = new ProcessBuilder("sleep", "3600").start();
    ctx.call(
        Canceller.destroying(process),
        c -> {
          entered.countDown();
          throw new IOException("ended with " + process.waitFor());
        });
  }

  // ---- files

  private static void namedPipe(Context ctx, CountDownLatch entered) throws Exception {
    Path folder = Files.createTempDirectory("belay-plain-io");
    Path name = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", name.toString()).start().waitFor()).isZero();
    try (var held = FileChannel.open(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var pipe = FileChannel.open(name, StandardOpenOption.READ)) {
      assertThat(held.isOpen()).isTrue();
      ctx.call(
          Canceller.closing(pipe),
          c -> {
            entered.countDown();
            return pipe.read(ByteBuffer.allocate(1));
          });
    } finally {
      Files.delete(name);
      Files.delete(folder);
    }
  }

  private static final String HOLDER =
      """
      class Holder {
        public static void main(String[] args) throws Exception {
          try (var file = new java.io.RandomAccessFile(args[0], "rw")) {
            file.getChannel().lock();
            System.out.println("held");
            System.in.read();
          }
        }
      }
      """;

  /** Another process holds the lock: within one JVM an overlap is refused at once. */
  private static void fileLock(Context ctx, CountDownLatch entered) throws Exception {
    Path folder = Files.createTempDirectory("belay-plain-io");
    Path path = Files.createFile(folder.resolve("lock"));
    Path program = Files.writeString(folder.resolve("Holder.java"), HOLDER);
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                program.toString(),
                path.toString())
            .start();
    try (var file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      assertThat(holder.inputReader().readLine()).isEqualTo("held");
      entered.countDown();
      PlainIoExamples.lock(ctx, file);
    } finally {
      holder.destroyForcibly().waitFor();
      Files.delete(path);
      Files.delete(program);
      Files.delete(folder);
    }
  }

  // ---- locks and queues

  private static void lock(Context ctx, CountDownLatch entered) throws Exception {
    var lock = new ReentrantLock();
    Thread holder = Thread.ofPlatform().unstarted(lock::lock);
    holder.start();
    holder.join(); // and never unlocks
    ctx.runInterruptibly(
        c -> {
          entered.countDown();
          lock.lockInterruptibly();
        });
  }

  private static void semaphore(Context ctx, CountDownLatch entered) throws Exception {
    ctx.runInterruptibly(
        c -> {
          entered.countDown();
          new Semaphore(0).acquire();
        });
  }

  private static void queue(Context ctx, CountDownLatch entered) throws Exception {
    ctx.callInterruptibly(
        c -> {
          entered.countDown();
          return new ArrayBlockingQueue<String>(1).take();
        });
  }
}
