package dev.belay.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.spring.TimeLimit;
import dev.belay.testkit.SharedThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** An application that works on other threads than its requests', with each kind of threads. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
@SharedThreads(
    value = {"http-nio-", "HttpClient-", "tomcat-handler-", "Catalina-", "container-", "task-"},
    scope = SharedThreads.Scope.RUN)
class TasksIT {
  private static final long PATIENCE = 60;

  /** The contexts that methods ran under, in order. */
  private static final BlockingQueue<Context> SEEN = new LinkedBlockingQueue<>();

  private static final BlockingQueue<Context> TICKS = new LinkedBlockingQueue<>();
  private static final BlockingQueue<Context> BEGUN = new LinkedBlockingQueue<>();
  private static volatile CountDownLatch release = new CountDownLatch(1);

  @Parameter boolean virtual;

  private ConfigurableApplicationContext application;
  private int port;

  /** What requests start. */
  static class Mails {
    // @start region=async
    @Async
    void send() throws InterruptedException { // goes on after the request
      note();
    }

    @Async
    CompletableFuture<String> count() throws InterruptedException { // ends with the request
      return CompletableFuture.completedFuture(note());
    }

    @Async
    @TimeLimit("100ms")
    void remind() { // goes on after the request, for as long as this
      await();
    }

    // @end region=async

    @Async
    @TimeLimit("100ms")
    CompletableFuture<String> late() {
      await();
      return CompletableFuture.completedFuture("never");
    }

    @Async
    @Transactional
    public void book() throws InterruptedException {
      note();
    }

    private static String note() throws InterruptedException {
      Context ctx = Context.current();
      SEEN.add(ctx);
      var ended = new CountDownLatch(1);
      try (var unused = ctx.onDone(ended::countDown)) {
        while (ended.getCount() > 0 && release.getCount() > 0) {
          release.await(10, TimeUnit.MILLISECONDS);
        }
      }
      ctx.throwIfDone();
      return "sent";
    }

    private static void await() {
      SEEN.add(Context.current());
      try {
        Context.current().awaitDone();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      Context.current().throwIfDone();
    }
  }

  /** A manager that notes under which context a transaction begins. */
  static class NotingTransactions extends AbstractPlatformTransactionManager {
    private static final long serialVersionUID = 1L;

    @Override
    protected Object doGetTransaction() {
      return "transaction";
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
      BEGUN.add(Context.current());
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {}

    @Override
    protected void doRollback(DefaultTransactionStatus status) {}
  }

  /** The application. */
  @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
  @EnableAsync
  @EnableScheduling
  @EnableTransactionManagement
  @RestController
  static class Office {
    private final Mails mails;

    Office(Mails mails) {
      this.mails = mails;
    }

    @GetMapping("/send")
    void send() throws InterruptedException {
      mails.send();
    }

    @GetMapping("/book")
    void book() throws InterruptedException {
      mails.book();
    }

    @GetMapping("/remind")
    void remind() {
      mails.remind();
    }

    @GetMapping("/count")
    CompletableFuture<String> count() throws InterruptedException {
      return mails.count();
    }

    @GetMapping("/late")
    CompletableFuture<String> late() {
      return mails.late();
    }

    // @start region=limit
    @GetMapping("/report")
    @TimeLimit("200ms")
    String report(Context ctx) throws InterruptedException {
      ctx.sleep(Duration.ofMinutes(1)); // answered with 504 after 200 ms
      return "a minute later";
    }

    // @end region=limit

    @GetMapping("/callable")
    @TimeLimit("200ms")
    Callable<String> callable() {
      return () -> {
        Context.current().sleep(Duration.ofMinutes(1));
        return "a minute later";
      };
    }

    @GetMapping("/answers")
    @TimeLimit("1m")
    Callable<String> answers() {
      return () -> String.valueOf(Context.current());
    }

    @GetMapping("/stream")
    StreamingResponseBody stream() {
      return out -> {
        SEEN.add(Context.current());
        out.write("begun".getBytes(UTF_8));
        out.flush();
        try {
          Context.current().awaitDone();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      };
    }

    @GetMapping({"/left", "/slow/left"})
    long left(Context ctx) {
      return TimeUnit.NANOSECONDS.toSeconds(ctx.remainingNanos());
    }

    // @start region=scheduled
    @Scheduled(fixedDelayString = "1s")
    @TimeLimit("50ms")
    void tick() throws InterruptedException {
      TICKS.add(Context.current());
      Context.current().sleep(Duration.ofMinutes(1)); // ends after 50 ms
    }

    // @end region=scheduled

    @Bean
    static Mails mails() {
      return new Mails();
    }

    @Bean
    static PlatformTransactionManager transactions() {
      return new NotingTransactions();
    }
  }

  @BeforeEach
  void start() {
    SEEN.clear();
    TICKS.clear();
    BEGUN.clear();
    release = new CountDownLatch(1);
    application =
        new SpringApplicationBuilder(Office.class)
            .run(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--belay.request-limits[/slow/**]=10m",
                "--spring.threads.virtual.enabled=" + virtual);
    port =
        Integer.parseInt(
            String.valueOf(application.getEnvironment().getProperty("local.server.port")));
  }

  @AfterEach
  void stop() {
    release.countDown();
    application.close();
  }

  private static Context taken(BlockingQueue<Context> from) throws InterruptedException {
    Context ctx = from.poll(PATIENCE, TimeUnit.SECONDS);
    assertThat(ctx).isNotNull();
    return ctx;
  }

  private String get(String path) throws IOException {
    try (Http1Client client = Http1Client.plain(port)) {
      Answer answer = client.get(path).answer();
      return answer.status() + " " + answer.body();
    }
  }

  // ---- @Async

  @Test
  void aMethodThatReturnsNothingGoesOnAfterItsRequest() throws Exception {
    assertThat(get("/send")).startsWith("200");
    Context ctx = taken(SEEN);
    assertThat(ctx.isDone()).isFalse();
    assertThat(ctx.toString()).contains("/GET /send ").contains("/Mails.send");
  }

  @Test
  void itEndsWithTheApplication() throws Exception {
    assertThat(get("/send")).startsWith("200");
    Context ctx = taken(SEEN);
    application.close();
    awaitDone(ctx);
  }

  @Test
  void itsTransactionBeginsUnderItsOwnContext() throws Exception {
    assertThat(get("/book")).startsWith("200");
    assertThat(taken(BEGUN).toString()).contains("/GET /book ").contains("/Mails.book");
    assertThat(taken(SEEN).isDone()).isFalse();
  }

  @Test
  void itMayHaveALimitOfItsOwn() throws Exception {
    assertThat(get("/remind")).startsWith("200");
    Context ctx = taken(SEEN);
    awaitDone(ctx);
    assertThat(ctx.cause()).hasMessageContaining("deadline");
  }

  @Test
  void aMethodThatReturnsAFutureEndsWithItsRequest() throws Exception {
    Http1Client client = Http1Client.plain(port);
    client.get("/count");
    Context ctx = taken(SEEN);
    assertThat(ctx.isDone()).isFalse();
    client.close();
    awaitDone(ctx);
    assertThat(ctx.cause()).hasMessageContaining("client gone");
  }

  @Test
  void aFutureThatIsLateIsAnsweredWith504() throws Exception {
    assertThat(get("/late")).startsWith("504");
  }

  private static void awaitDone(Context ctx) throws InterruptedException {
    var done = new CountDownLatch(1);
    ctx.onDone(done::countDown);
    assertThat(done.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
  }

  // ---- @TimeLimit

  @Test
  void aHandlerEndsAtItsLimit() throws Exception {
    assertThat(get("/report")).startsWith("504");
    assertThat(get("/callable")).startsWith("504");
  }

  @Test
  void anAsynchronousHandlerRunsUnderItsContextAndAnswers() throws Exception {
    assertThat(get("/answers"))
        .startsWith("200")
        .contains("/GET /answers ")
        .contains("/Office.answers");
  }

  @Test
  void aPathHasALimitOfItsOwn() throws Exception {
    assertThat(Long.parseLong(get("/left").substring(4))).isLessThanOrEqualTo(30);
    assertThat(Long.parseLong(get("/slow/left").substring(4))).isBetween(500L, 600L);
  }

  @Test
  void aStreamEndsWhenItsClientLeaves() throws Exception {
    Http1Client client = Http1Client.plain(port);
    client.get("/stream");
    Context ctx = taken(SEEN);
    client.close();
    awaitDone(ctx);
  }

  // ---- @Scheduled

  @Test
  void eachRunHasAContextOfItsOwnBelowTheApplications() throws Exception {
    List<Context> runs = List.of(taken(TICKS), taken(TICKS));
    for (Context run : runs) {
      assertThat(run.toString()).startsWith("background/application/Office.tick");
      awaitDone(run);
      assertThat(run.cause()).hasMessageContaining("deadline");
    }
    assertThat(runs.get(0)).isNotEqualTo(runs.get(1));
  }
}
