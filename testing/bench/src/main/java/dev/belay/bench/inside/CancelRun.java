package dev.belay.bench.inside;

import dev.belay.CancellableContext;
import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;

/** A request with three blocked threads and two reactions is cancelled. */
final class CancelRun implements Timeline.Scenario {
  private final CountDownLatch blocked = new CountDownLatch(3);
  private final List<Thread> threads = new ArrayList<>();

  /** One blocked thread's work. */
  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** Runs it afresh. */
  static void once() throws Exception {
    new CancelRun().run();
  }

  @Override
  public void run() throws Exception {
    try (var root = Context.root("shop");
        CancellableContext request = root.withName("POST /orders").withCancel();
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var socket = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket peer = server.accept()) {
      request.onDone(() -> Moment.is("the inline reaction runs"), Runnable::run);
      request.onDone(() -> Moment.is("the reaction runs"));
      start("waiting", request::awaitDone);
      start("queueing", () -> request.runInterruptibly(c -> new SynchronousQueue<>().take()));
      InputStream in = socket.getInputStream();
      start("reading", () -> request.run(new Closing(socket), c -> in.read()));
      blocked.await();
      for (Thread thread : threads) {
        while (thread.getState() == Thread.State.RUNNABLE) {
          Thread.onSpinWait();
        }
      }
      Moment.is(Moment.ZERO);
      Moment.is("cancel() is called");
      request.cancel();
      Moment.is("cancel() returns: everything below is done");
      for (Thread thread : threads) {
        thread.join();
      }
      peer.shutdownOutput();
    }
  }

  private void start(String name, Work work) {
    threads.add(
        Thread.ofVirtual()
            .name(name)
            .start(
                () -> {
                  blocked.countDown();
                  try {
                    work.run();
                    Moment.is("awaitDone() returns");
                  } catch (ContextEndedException e) {
                    Moment.is("throws, because of " + e.getCause());
                  } catch (IOException | InterruptedException e) {
                    Moment.is("fails: " + e);
                  }
                }));
  }

  /** Closes a socket, and says so. */
  private record Closing(Socket socket) implements Canceller {
    @Override
    public void cancel(int attempt) throws IOException {
      Moment.is("the canceller closes the socket");
      socket.close();
    }
  }
}
