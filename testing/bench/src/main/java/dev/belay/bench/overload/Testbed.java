package dev.belay.bench.overload;

import dev.belay.bench.Child;
import dev.belay.bench.overload.Load.Phase;
import dev.belay.postgres.EmbeddedPostgres;
import dev.belay.postgres.PostgresSettings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The processes of the measurement: database, backend, clients, and a service of each form. */
final class Testbed implements AutoCloseable {
  /** After a run, until what was begun in it has ended. */
  private static final long SETTLE_MILLIS = 1_500;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Path folder;
  private final DatabaseLog databaseLog;
  private final Child backend;
  private final Child clients;
  private final Map<Form, Child> services = new EnumMap<>(Form.class);
  private long ids = 2;
  private long calls;

  private Testbed(Path folder, List<Form> forms) throws IOException {
    this.folder = folder;
    try {
      EmbeddedPostgres database = EmbeddedPostgres.start(settings());
      parts.push(database);
      databaseLog = new DatabaseLog(database.dataFolder().resolve("server.log"));
      backend = start(Backend.class, "backend", callLog().toString());
      clients = start(LoadGenerator.class, "clients");
      String address = "http://127.0.0.1:" + backend.port();
      for (Form form : forms) {
        services.put(
            form, start(Service.class, form.name(), form.name(), database.jdbcUrl(), address));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Starts everything; files go into {@code folder}. */
  static Testbed start(Path folder, List<Form> forms) throws IOException {
    return new Testbed(Files.createDirectories(folder), forms);
  }

  private static PostgresSettings settings() {
    return PostgresSettings.defaults()
        .withMaxConnections(200)
        .withParameter("log_min_duration_statement", "0")
        .withParameter("log_parameter_max_length", "32")
        .withParameter("log_line_prefix", DatabaseLog.PREFIX);
  }

  private Child start(Class<?> main, String name, String... args) throws IOException {
    File log = folder.resolve(name + ".log").toFile();
    Child child = Child.start(main, log, args);
    parts.push(child);
    return child;
  }

  private Path callLog() {
    return folder.resolve("calls.txt");
  }

  /** Brings {@code form} into {@code scenario}; {@code capacity} is what it can answer a second. */
  Outcome run(Form form, Scenario scenario, double capacity, long seed)
      throws IOException, InterruptedException {
    return run(form, scenario, scenario.phases(capacity), capacity, seed);
  }

  /**
   * What the service can answer in a second, measured without Belay and without clients that leave.
   */
  double capacity(Scenario scenario, double seconds) throws IOException, InterruptedException {
    List<Phase> phases = List.of(scenario.saturating(seconds));
    Outcome outcome = run(Form.BARE, scenario, phases, 1, 0);
    return outcome.answeredWhile(0.2, 0.9);
  }

  private Outcome run(Form form, Scenario scenario, List<Phase> phases, double capacity, long seed)
      throws IOException, InterruptedException {
    Child service = services.get(form);
    if (service == null) {
      throw new IllegalArgumentException(form + " was not started");
    }
    boolean saturating = phases.getFirst().rate() < 0;
    var load =
        new Load(
            service.port(),
            ids,
            seed,
            scenario.retries() && !saturating,
            saturating ? 30_000 : scenario.impatient(),
            saturating ? 30_000 : Scenario.PATIENT,
            phases);
    Path file = folder.resolve("attempts.txt");
    Machine before = Machine.now();
    Duration processor = service.processorTime();
    clients.ask(load.text() + "\n" + file);
    double busy = Machine.now().busySince(before);
    TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
    backend.ask("flush");
    Map<Long, Attempt> attempts = Attempt.read(file);
    ids = attempts.keySet().stream().mapToLong(id -> id / 2 * 2 + 2).max().orElse(ids);
    return new Outcome(
        form,
        scenario,
        load,
        capacity,
        attempts,
        databaseLog.next(),
        newCalls(),
        service.processorTime().minus(processor),
        busy);
  }

  private List<Call> newCalls() throws IOException {
    List<Call> all = Call.read(callLog());
    List<Call> fresh = all.subList((int) calls, all.size());
    calls = all.size();
    return fresh;
  }

  @Override
  public void close() {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        System.err.println("could not end " + part + ": " + e);
      }
    }
  }
}
