package dev.belay.grpc;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.group.TaskGroup;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Calls of every kind by every stub, over one connection. Half of them are cancelled at a random
 * moment. A call that fails although nobody has cancelled it, or gets what another has asked for,
 * is a victim.
 */
final class Storm implements AutoCloseable {
  private static final int AT_ONCE = 32;

  private final Context root;
  private final Random seeds;
  private final Link link;
  private final Queue<Throwable> victims = new ConcurrentLinkedQueue<>();
  private final AtomicInteger cancelled = new AtomicInteger();

  private Storm(Context root, Random seeds, Link link) {
    this.root = root;
    this.seeds = seeds;
    this.link = link;
  }

  static Storm open(Context root, long seed) throws Exception {
    return new Storm(root, new Random(seed), Link.open(root, new Pay.Handler() {}));
  }

  void run(int calls) throws Exception {
    List<Long> each = IntStream.range(0, calls).mapToObj(i -> seeds.nextLong()).toList();
    TaskGroup.map(
        root,
        each,
        AT_ONCE,
        (ctx, seed) -> {
          call(ctx, new Random(seed));
          return seed;
        });
  }

  private void call(Context parent, Random random) {
    boolean cancelling = random.nextBoolean();
    try (CancellableContext ctx = parent.withCancel();
        var canceller = cancelling ? Canceller.start(ctx, random.nextLong(2_000_000)) : null) {
      ctx.run(c -> exchange(random));
    } catch (Throwable failure) {
      if (cancelling && isCancel(failure)) {
        cancelled.incrementAndGet();
      } else {
        victims.add(failure);
      }
    }
  }

  /** Cancels a context a moment later, at the latest when it is closed. */
  private record Canceller(Thread thread) implements AutoCloseable {
    static Canceller start(CancellableContext ctx, long nanos) {
      return new Canceller(
          Thread.startVirtualThread(
              () -> {
                LockSupport.parkNanos(nanos);
                ctx.cancel();
              }));
    }

    @Override
    public void close() throws InterruptedException {
      LockSupport.unpark(thread);
      thread.join();
    }
  }

  private static boolean isCancel(Throwable failure) {
    return failure instanceof dev.belay.ContextEndedException
        || Status.fromThrowable(failure).getCode() == Status.Code.CANCELLED;
  }

  private void exchange(Random random) throws Exception {
    ManagedChannel channel = link.channel();
    String text = Long.toHexString(random.nextLong()).repeat(1 + random.nextInt(500));
    switch (random.nextInt(6)) {
      case 0 -> require(text, link.charge(text));
      case 1 ->
          require(
              text,
              ClientCalls.futureUnaryCall(channel.newCall(Pay.CHARGE, CallOptions.DEFAULT), text)
                  .get());
      case 2 -> {
        var answers =
            ClientCalls.blockingServerStreamingCall(channel, Pay.WATCH, CallOptions.DEFAULT, text);
        require(text, answers.next());
        require("", answers.hasNext() ? answers.next() : "");
      }
      case 3 ->
          talk(
              ClientCalls.blockingClientStreamingCall(channel, Pay.COLLECT, CallOptions.DEFAULT),
              List.of(text));
      case 4 ->
          talk(
              ClientCalls.blockingBidiStreamingCall(channel, Pay.TALK, CallOptions.DEFAULT),
              List.of(text, "b", text, "d"));
      default -> observe(channel, text);
    }
  }

  private static void talk(BlockingClientCall<String, String> call, List<String> texts)
      throws Exception {
    for (String text : texts) {
      call.write(text); // false once the call has ended; the next read says how
    }
    call.halfClose();
    for (String text : texts) {
      require(text, String.valueOf(call.read()));
    }
    require("null", String.valueOf(call.read()));
  }

  private static void observe(ManagedChannel channel, String text) throws Exception {
    var answers = new Answers();
    var requests =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(Pay.TALK, CallOptions.DEFAULT), answers);
    requests.onNext(text);
    requests.onNext("b");
    requests.onCompleted();
    List<String> all = answers.all().get();
    require(text + "b", String.join("", all));
  }

  private static void require(String expected, String received) {
    if (!expected.equals(received)) {
      throw new AssertionError("not what was asked for: " + received);
    }
  }

  List<Throwable> victims() {
    return new ArrayList<>(victims);
  }

  int cancelled() {
    return cancelled.get();
  }

  @Override
  public void close() throws InterruptedException {
    link.close();
  }
}
