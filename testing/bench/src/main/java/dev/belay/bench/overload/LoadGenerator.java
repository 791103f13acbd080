package dev.belay.bench.overload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The clients. When each request is due is drawn beforehand, and a client is timed from then on:
 * one that could not be sent in time, because the machine was busy, has waited all the same. Each
 * has a connection of its own, which it closes when its patience is over.
 */
public final class LoadGenerator {
  private final Load load;
  private final Random random;
  private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
  private final AtomicLong worstLag = new AtomicLong();
  private final Phaser open = new Phaser(1);
  private final AtomicLong ids;

  private LoadGenerator(Load load) {
    this.load = load;
    this.random = new Random(load.seed());
    this.ids = new AtomicLong(load.first());
  }

  /** Reads loads, each followed by the name of a file for its attempts; answers the worst lag. */
  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println(0);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      var generator = new LoadGenerator(Load.parse(line));
      generator.run();
      generator.write(Path.of(in.readLine()));
      System.out.println(generator.worstLag);
    }
  }

  private void run() throws InterruptedException {
    long begin = Clock.micros() + 50_000;
    for (Load.Phase phase : load.phases()) {
      if (phase.rate() < 0) {
        inTurn(phase, begin);
      } else {
        atRandom(phase, begin);
      }
      begin += micros(phase.seconds());
    }
    open.awaitAdvance(open.arrive());
  }

  private static long micros(double seconds) {
    return (long) (seconds * 1e6);
  }

  private void atRandom(Load.Phase phase, long begin) throws InterruptedException {
    long length = micros(phase.seconds());
    long[] due =
        random
            .longs(Math.round(phase.rate() * phase.seconds()), begin, begin + length)
            .sorted()
            .toArray();
    for (long each : due) {
      long id = ids.getAndAdd(2);
      int patience = random.nextInt(load.impatient(), load.patient() + 1);
      TimeUnit.MICROSECONDS.sleep(each - Clock.micros());
      worstLag.accumulateAndGet(Clock.micros() - each, Math::max);
      start(() -> client(phase, id, each, patience));
    }
  }

  private void inTurn(Load.Phase phase, long begin) {
    long end = begin + micros(phase.seconds());
    for (int i = 0; i < -phase.rate(); i++) {
      start(
          () -> {
            while (Clock.micros() < end) {
              client(phase, ids.getAndAdd(2), Clock.micros(), load.patient());
            }
          });
    }
  }

  private void start(Runnable client) {
    open.register();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                client.run();
              } finally {
                open.arriveAndDeregister();
              }
            });
  }

  private void client(Load.Phase phase, long id, long due, int patience) {
    if (!attempt(phase, id, due, patience) && load.retries()) {
      attempt(phase, id + 1, Clock.micros(), patience);
    }
  }

  private boolean attempt(Load.Phase phase, long id, long due, int patience) {
    String target = "/work?id=%d&query=%d&call=%d".formatted(id, phase.query(), phase.call());
    long limit = patience * 1000L;
    int status = Client.get(load.port(), target, due + limit);
    var attempt = new Attempt(id, due, limit, status, Clock.micros() - due);
    attempts.add(attempt);
    return attempt.answered();
  }

  private void write(Path file) throws IOException {
    Files.write(file, attempts.stream().map(Attempt::text).toList());
  }
}
