package dev.belay.spi;

import dev.belay.Criticality;
import dev.belay.kernel.Begun;
import dev.belay.kernel.Work;
import dev.belay.kernel.WorkTimes;
import dev.belay.spi.WaitOrder.Waiting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A service in virtual time: requests that take one of a few permits several times, with pauses
 * between, and whose clients leave when their patience is over. Nothing else takes time.
 */
final class ServiceModel {

  /**
   * A kind of request.
   *
   * @param steps how often it needs a permit
   * @param service how long it holds one
   * @param pause between two
   * @param impatient the shortest time after which its client leaves
   * @param patient the longest
   * @param constant whether each service takes exactly that long, or that long on average
   * @param known whether the service knows when the client will leave
   */
  record Kind(
      int steps,
      long service,
      long pause,
      long impatient,
      long patient,
      boolean constant,
      boolean known) {

    Kind withUnknownPatience() {
      return new Kind(steps, service, pause, impatient, patient, constant, false);
    }
  }

  /** One request, and what became of it. */
  static final class Request implements Work {
    final Kind kind;
    final long arrived;
    final long until;
    private int stepsDone;
    private long heldPermits;
    private boolean answered;
    private @Nullable Begun begun;

    private Request(Kind kind, long arrived, long until) {
      this.kind = kind;
      this.arrived = arrived;
      this.until = until;
    }

    @Override
    public boolean hasBegun() {
      return begun != null;
    }

    @Override
    public void begin(Begun first) {
      begun = begun == null ? first : begun;
    }

    @Override
    public boolean isCutShort() {
      throw new UnsupportedOperationException("the model knows");
    }
  }

  /** A request that waits for a permit. */
  private static final class Wait extends Waiting {
    private final Request request;

    private Wait(Request request, long now) {
      super(request, Criticality.NORMAL, now, request.kind.known ? request.until : Long.MAX_VALUE);
      this.request = request;
    }
  }

  private record Event(long at, int number, Runnable what) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingInt(Event::number));
  private final WorkTimes times = new WorkTimes(TimeSource.system());
  private final WaitOrder<Wait> order = new WaitOrder<>(times);
  private final SplittableRandom random;
  private final List<Request> requests = new ArrayList<>();
  private final List<Long> took = new ArrayList<>();
  private int free;
  private int numbers;
  private long now;

  /** For how long permits were held by requests that were answered. */
  private long useful;

  private final Set<Request> begunWaiting = new HashSet<>();
  private int overtaken;

  ServiceModel(int permits, long seed) {
    this.free = permits;
    this.random = new SplittableRandom(seed);
  }

  long useful() {
    return useful;
  }

  /** How often new work was served while begun work waited. */
  int overtaken() {
    return overtaken;
  }

  /**
   * Requests of {@code kind} come at random until {@code until}, {@code rate} in a unit of time.
   */
  void offer(Kind kind, double rate, long until) {
    for (int i = (int) (rate * until); i > 0; i--) {
      long arrived = random.nextLong(until);
      long patience = random.nextLong(kind.impatient, kind.patient + 1);
      var request = new Request(kind, arrived, arrived + patience);
      requests.add(request);
      at(arrived, () -> wants(request));
    }
  }

  private void at(long time, Runnable what) {
    events.add(new Event(time, numbers++, what));
  }

  void run() {
    for (Event next = events.poll(); next != null; next = events.poll()) {
      now = next.at;
      next.what.run();
      serve();
    }
  }

  private void wants(Request request) {
    var wait = new Wait(request, now);
    order.add(wait);
    if (request.hasBegun()) {
      begunWaiting.add(request);
    }
    at(request.until, () -> left(wait));
  }

  private void left(Wait wait) {
    if (order.remove(wait) && begunWaiting.remove(wait.request)) {
      lost(wait.request, now - wait.since());
    }
  }

  private void serve() {
    while (free > 0) {
      Wait next = order.next(now);
      if (next == null) {
        return;
      }
      free--;
      Request request = next.request;
      if (!begunWaiting.remove(request) && !begunWaiting.isEmpty()) {
        overtaken++;
      }
      long service = service(request.kind);
      long left = request.until - now;
      if (service <= left) {
        at(now + service, () -> served(request, service));
      } else {
        at(request.until, () -> cutShort(request, left));
      }
    }
  }

  /** The client has left in the midst of a service. */
  private void cutShort(Request request, long served) {
    free++;
    lost(request, served);
  }

  /** What ends at its deadline was known to. */
  private void lost(Request request, long step) {
    if (!request.kind.known) {
      times.lost(step);
    }
  }

  private long service(Kind kind) {
    return kind.constant
        ? kind.service
        : 1 + (long) (-kind.service * Math.log(1 - random.nextDouble()));
  }

  private void served(Request request, long service) {
    free++;
    request.heldPermits += service;
    request.stepsDone++;
    if (request.stepsDone == request.kind.steps) {
      request.answered = true;
      useful += request.heldPermits;
      took.add(now - request.arrived);
      times.finished(now - begun(request).since());
    } else if (now + request.kind.pause < request.until) {
      at(now + request.kind.pause, () -> wants(request));
    }
  }

  private static Begun begun(Request request) {
    return Objects.requireNonNull(request.begun);
  }

  /** The share of {@code kind}'s requests that were answered. */
  double answered(Kind kind) {
    return requests.stream()
        .filter(request -> request.kind.equals(kind))
        .mapToDouble(request -> request.answered ? 1 : 0)
        .average()
        .orElse(1);
  }

  /** How long those that were answered took, {@code share} of them at most. */
  long latency(double share) {
    return took.stream().sorted().toList().get((int) (took.size() * share));
  }
}
