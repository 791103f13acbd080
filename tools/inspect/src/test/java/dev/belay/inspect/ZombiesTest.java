package dev.belay.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Threads that run on under a context that has ended. */
class ZombiesTest {

  @Test
  void aThreadUnderTheSameEndedContextTwiceIsOne() throws Exception {
    var inside = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    try (var root = Context.root("zombies");
        var work = root.withName("work").withCancel()) {
      Thread deaf = Thread.ofVirtual().name("deaf").start(() -> run(work, inside, leave));
      inside.await();
      ThreadSource source = visitor -> visitor.visit(deaf, work, null);
      Snapshot active = Snapshot.take(source);
      work.cancel(new IllegalStateException("the client has left"));
      Snapshot first = Snapshot.take(source);
      Snapshot second = Snapshot.take(source);
      assertThat(Zombies.of(active, first).threads()).isEmpty();
      Zombies zombies = Zombies.of(first, second);
      assertThat(zombies.threads()).extracting(SeenThread::name).containsExactly("deaf");
      assertThat(zombies.toString())
          .contains("deaf still runs for zombies/work")
          .contains("cancelled")
          .contains("ZombiesTest.run(ZombiesTest.java:");
      assertThat(zombies.json()).contains("\"ended\":\"CANCELLED\"");
      leave.countDown();
      deaf.join();
      assertThat(Zombies.of(second, Snapshot.take()).threads()).isEmpty();
    }
  }

  private static void run(Context ctx, CountDownLatch inside, CountDownLatch leave) {
    try {
      ctx.call(
          c -> {
            inside.countDown();
            leave.await();
            return null;
          });
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
