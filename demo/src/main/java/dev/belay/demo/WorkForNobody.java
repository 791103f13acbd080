package dev.belay.demo;

import dev.belay.Context;
import dev.belay.ContextKey;
import dev.belay.http.server.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * Counts what is done for customers who have left, or whose time is up; and lets it be done, if it
 * is told to: then a request runs under a context that nobody ends. That is the whole difference
 * between the service with contexts and without.
 */
public final class WorkForNobody {
  private static final ContextKey<Visit> VISIT = ContextKey.named("visit", Visit.class);
  private static final ContextKey<Boolean> UNDOING = ContextKey.named("undoing", Boolean.class);

  private final boolean heeding;
  private final LongAdder visits = new LongAdder();
  private final LongAdder queries = new LongAdder();
  private final LongAdder undoingQueries = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final AtomicInteger busy = new AtomicInteger();
  private final AtomicInteger mostBusy = new AtomicInteger();

  /**
   * Counts.
   *
   * @param heeding whether requests run under their own contexts
   */
  WorkForNobody(boolean heeding) {
    this.heeding = heeding;
  }

  /**
   * What was done for customers after they had gone.
   *
   * @param customers that were gone before the work for them had ended
   * @param queries that ran to their end for them, other than to undo
   * @param undoingQueries that took back what had been done for them
   * @param time of request threads, all together
   * @param mostThreads that were at it at one time
   */
  public record Report(
      long customers, long queries, long undoingQueries, Duration time, int mostThreads) {}

  /** What was done so far. */
  public Report report() {
    return new Report(
        visits.sum(),
        queries.sum(),
        undoingQueries.sum(),
        Duration.ofNanos(nanos.sum()),
        mostBusy.get());
  }

  /** {@code ctx} for work that takes back what was done for a customer. */
  public static Context undoing(Context ctx) {
    return ctx.withValue(UNDOING, true);
  }

  /** {@code endpoint}, watched; under contexts that nobody ends unless they are heeded. */
  Endpoint<Request, Response> around(Endpoint<Request, Response> endpoint) {
    return (ctx, request, response) -> {
      var visit = new Visit();
      var gone = ctx.onDone(visit::left, Runnable::run);
      Context own = heeding ? ctx : ctx.withoutCancel();
      try {
        endpoint.handle(own.withValue(VISIT, visit), request, response);
      } finally {
        gone.close();
        visit.finished();
      }
    };
  }

  /** {@code database}, with what it is asked counted. */
  DataSource counting(DataSource database) {
    return ProxyDataSourceBuilder.create(database).listener(new Counter()).build();
  }

  /** One customer's request. */
  private final class Visit {
    private volatile boolean gone;
    private volatile long leftNanos;

    /** Inline, on the thread that has noticed: nothing here blocks. */
    void left() {
      leftNanos = System.nanoTime();
      gone = true;
      visits.increment();
      mostBusy.accumulateAndGet(busy.incrementAndGet(), Math::max);
    }

    void finished() {
      if (gone) {
        nanos.add(System.nanoTime() - leftNanos);
        busy.decrementAndGet();
      }
    }
  }

  /** Told by the driver's side of the pool, on the thread that has asked. */
  private final class Counter implements QueryExecutionListener {
    @Override
    public void beforeQuery(ExecutionInfo execution, List<QueryInfo> asked) {}

    @Override
    public void afterQuery(ExecutionInfo execution, List<QueryInfo> asked) {
      Context ctx = Context.current();
      Visit visit = ctx.get(VISIT);
      if (visit != null && visit.gone && execution.isSuccess()) {
        (ctx.get(UNDOING) == null ? queries : undoingQueries).add(asked.size());
      }
    }
  }
}
