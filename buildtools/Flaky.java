/**
 * Runs the classes of tests that depend on luck most again and again beside a load: {@code
 * Flaky.java ROOT [CLASS…]}.
 *
 * <p>These are the classes that open ports, start processes or wait for time to pass: those named
 * {@code *IT} or {@code *StormTest}, and those with {@code @Tag("process")}. With names only those.
 * The result is a line for each class with a column for each run. After an hour no further run is
 * started and one under way is ended.
 */
static final int RUNS = 10;

static final int LOAD = 8;
static final Duration LIMIT = Duration.ofHours(1);

void main(String[] args) throws Exception {
  Path root = Path.of(args[0]);
  List<String> chosen = args.length > 1 ? List.of(args).subList(1, args.length) : classes(root);
  Path logs = Files.createDirectories(root.resolve("target/flaky"));
  var columns = new TreeMap<String, StringBuilder>();
  boolean[] failed = {false};
  long end = System.nanoTime() + LIMIT.toNanos();
  int run = 0;
  startLoad();
  IO.println("%d classes, %d times, beside a load of %d".formatted(chosen.size(), RUNS, LOAD));
  while (run < RUNS && System.nanoTime() < end) {
    int column = run;
    long began = System.nanoTime();
    Reports.delete(root);
    boolean whole = test(root, chosen, logs.resolve("run-" + (run + 1) + ".log"), end);
    List<Reports.Result> results = Reports.below(root);
    for (Reports.Result result : results) {
      var line = columns.computeIfAbsent(result.simpleName(), n -> new StringBuilder());
      line.append(" ".repeat(column - line.length())).append(result.bad() == 0 ? '.' : 'F');
      if (result.bad() > 0) {
        failed[0] = true;
        keep(root, result, logs.resolve("run-" + (column + 1)));
      }
    }
    if (!whole) {
      break;
    }
    run++;
    IO.println(
        "run %d of %d: %d classes, %d failed, %d s"
            .formatted(
                run,
                RUNS,
                results.size(),
                results.stream().filter(r -> r.bad() > 0).count(),
                (System.nanoTime() - began) / 1_000_000_000));
    if (results.isEmpty()) {
      IO.println("no test was run; " + logs + " says why");
      System.exit(1);
    }
  }
  columns.forEach((name, line) -> IO.println("%-60s %s".formatted(name, line)));
  IO.println(
      "%d of %d runs; %s"
          .formatted(
              run,
              RUNS,
              failed[0] ? "failures are in " + logs : run == 0 ? "none was whole" : "no failure"));
  System.exit(failed[0] || run == 0 ? 1 : 0);
}

List<String> classes(Path root) throws IOException {
  var found = new TreeSet<String>();
  try (Stream<Path> files = Files.walk(root)) {
    for (Path file : files.filter(f -> f.toString().matches(".*/src/test/.*\\.java")).toList()) {
      String name = file.getFileName().toString().replace(".java", "");
      if (name.matches(".*(IT|StormTest)")
          || name.endsWith("Test") && Files.readString(file).contains("@Tag(\"process\")")) {
        found.add(name);
      }
    }
  }
  return List.copyOf(found);
}

/** Threads that only count; they end with this process. */
void startLoad() {
  for (int i = 0; i < LOAD; i++) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              long count = 0;
              while (count >= 0) {
                count = (count + 1) & Long.MAX_VALUE;
              }
            });
  }
}

/** Returns whether the run came to its end before the time was up. */
boolean test(Path root, List<String> classes, Path log, long end) throws Exception {
  var command = new ArrayList<String>(List.of("mvn", "-B"));
  String more = System.getenv("MAVEN_ARGS");
  if (more != null && !more.isBlank()) {
    command.addAll(List.of(more.strip().split("\\s+")));
  }
  command.addAll(
      List.of(
          "verify",
          "-pl",
          "!docs,!testing/bench",
          "-Dtest=" + String.join(",", classes),
          "-Dsurefire.failIfNoSpecifiedTests=false",
          "-Dmaven.test.failure.ignore=true",
          "-Djacoco.skip=true"));
  Process maven =
      new ProcessBuilder(command)
          .directory(root.toFile())
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start();
  if (maven.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
    return true;
  }
  IO.println("the hour is over in this run");
  maven.descendants().forEach(ProcessHandle::destroy);
  maven.destroy();
  maven.waitFor();
  return false;
}

/** Keeps the reports of a class that failed: the next run deletes them. */
void keep(Path root, Reports.Result result, Path to) throws IOException {
  Files.createDirectories(to);
  try (Stream<Path> files = Files.walk(root.resolve(result.module()).resolve("target"))) {
    for (Path file :
        files
            .filter(f -> f.toString().contains("surefire-reports"))
            .filter(f -> f.getFileName().toString().contains(result.name()))
            .toList()) {
      Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
