package dev.belay.demo;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.demo.storm.Storm;
import dev.belay.demo.storm.WithAndWithout;
import dev.belay.lifecycle.Program;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the order service. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    version = "belay order service 0.1.0-SNAPSHOT",
    sortOptions = false,
    description = "A shop that stops everything it does for a customer who leaves.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ended by Ctrl-C or SIGTERM, also while starting; or the storm's books balance",
      "1:could not start, or the books do not balance",
      "2:wrong options"
    })
public final class OrderServiceMain implements Callable<Integer> {
  /** On top of the grace: for orders that are cancelled then, and for what is closed. */
  private static final Duration END_LIMIT = Duration.ofMinutes(2);

  enum Profile {
    demo,
    production
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "where to listen on 127.0.0.1; 0 for any (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--postgres",
      paramLabel = "URL",
      description =
          "a JDBC URL, of a database that no other order service uses; an embedded PostgreSQL is"
              + " started without it")
  private @Nullable String postgres;

  @Option(
      names = "--smtp",
      paramLabel = "HOST:PORT",
      description = "a mail server; an embedded one is started without it")
  private @Nullable String smtp;

  @Option(
      names = "--profile",
      defaultValue = "demo",
      description =
          "${COMPLETION-CANDIDATES}; only demo lets requests slow their steps down by X-Demo-Slow"
              + " (default: ${DEFAULT-VALUE})")
  private Profile profile = Profile.demo;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "how long running requests may go on at shutdown (default: ${DEFAULT-VALUE})")
  private int grace;

  @Option(
      names = "--storm",
      paramLabel = "N",
      description =
          "place N orders at once, two thirds of which are given up; check the books; end")
  private int storm;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "the storm's chances (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--without-contexts",
      description =
          "tell no request's work that its customer has left or that time is up, and show what is"
              + " then done for nobody; with --storm, beside the same storm with contexts")
  private boolean withoutContexts;

  private OrderServiceMain() {}

  /** Runs the service until Ctrl-C or SIGTERM. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new OrderServiceMain()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    check();
    if (storm > 0) {
      System.setProperty("belay.log", "WARN"); // a line per order would hide the progress
    }
    return Program.run(END_LIMIT.plusSeconds(grace), this::run);
  }

  private int run(Context ctx) throws Exception {
    try {
      if (storm == 0) {
        return serve(ctx);
      }
      return (withoutContexts
              ? WithAndWithout.show(ctx, settings(), storm, seed)
              : Storm.show(ctx, settings(), storm, seed))
          ? 0
          : 1;
    } catch (DatabaseClaim.TakenException e) {
      System.out.println("not started: " + e.getMessage());
      return 1;
    } catch (ContextEndedException e) { // only a start is ended so
      System.out.println("shut down: stopped while starting; nothing was open, nothing is left");
      return 0;
    }
  }

  private Settings settings() {
    Settings settings =
        Settings.embedded()
            .withPort(storm > 0 ? 0 : port)
            .withPostgres(postgres)
            .withSmtp(smtp)
            .withGrace(Duration.ofSeconds(grace));
    return profile == Profile.demo ? settings : settings.withoutSlowSteps();
  }

  /** Serves until {@code ctx} ends. */
  private int serve(Context ctx) throws Exception {
    Settings settings = withoutContexts ? settings().withoutContexts() : settings();
    OrderService service = OrderService.start(ctx, settings);
    greet(service.address());
    ctx.awaitDone();
    System.out.println("shutting down");
    OrderService.Shutdown shutdown = service.shutdown();
    System.out.println("shut down: " + shutdown);
    if (withoutContexts) {
      System.out.println("for customers who had gone: " + service.workForNobody().report());
    }
    return shutdown.requests().exitCode();
  }

  private void check() {
    if (port < 0 || port > 65_535) {
      throw wrong("--port must be from 0 to 65535");
    }
    if (storm < 0 || storm > 100_000 || grace < 0 || grace > 3600) {
      throw wrong("--storm must be from 1 to 100000, --grace from 0 to 3600");
    }
    if (storm > Storm.most()) {
      throw wrong(
          "--storm: each order takes four open files; the limit allows %d orders (ulimit -n)"
              .formatted(Storm.most()));
    }
    if (smtp != null && !smtp.matches(".+:[0-9]{1,5}")) {
      throw wrong("--smtp must be HOST:PORT");
    }
    if (postgres != null && !postgres.startsWith("jdbc:postgresql:")) {
      throw wrong("--postgres must be a JDBC URL: jdbc:postgresql://HOST/DATABASE?user=NAME");
    }
  }

  private ParameterException wrong(String message) {
    if (spec == null) {
      throw new IllegalStateException("picocli has not set the spec");
    }
    return new ParameterException(spec.commandLine(), message);
  }

  private static void greet(URI address) {
    String body = "'{\"email\":\"ada@example.org\",\"items\":[{\"productId\":1,\"quantity\":2}]}'";
    System.out.printf(
        """

        The shop is open at %1$s. Try:

          curl -i %1$s/orders -H 'Authorization: Bearer demo' -d %2$s
          curl -i %1$s/orders -H 'Authorization: Bearer demo' -d %2$s -H 'X-Demo-Slow: charge=30s'
          curl '%1$s/products?limit=3'

        Stop the second one with Ctrl-C and see below what stops with it. Ctrl-C here ends the shop.

        """,
        address, body);
  }
}
