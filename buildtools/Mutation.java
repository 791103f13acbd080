/**
 * Runs pitest, shows how far it is, and judges what it found.
 *
 * <p>{@code Mutation.java PAGE TESTS CSV write|look [COMMAND…]}: COMMAND makes CSV. PAGE names, in
 * the first column of its tables, the mutants that may survive ({@code `Class.method` Mutator ×2});
 * any other survivor is told, and the exit code is 1. With {@code write} the figures go into PAGE
 * after its mark: a line for each class, and for each rule one mutant that was killed by a test
 * which names the rule; TESTS is where those lie.
 */
static final String MARK = "<!-- from here on written by ./build mutation -->";

static final Pattern EXPLAINED = Pattern.compile("`([\\w.$<>]+)` (\\w+)(?: ×(\\d+))?");
static final Pattern ALL = Pattern.compile("\\*\\*all\\*\\* \\| \\*\\*(\\d+)\\*\\*");

/** A mutant; {@code by} is the name of the test that killed it. */
record Mutant(String type, String method, String mutator, int line, String status, String by) {
  static Mutant of(String csv) {
    // file, class, mutator, method, line, status, killing test
    String[] f = csv.split(",", 7);
    return new Mutant(
        f[1].replace("dev.belay.", ""),
        f[3],
        f[2].replaceAll(".*\\.", "").replaceAll("Mutator$", ""),
        Integer.parseInt(f[4]),
        f[5],
        f[6]);
  }

  boolean alive() {
    return status.equals("SURVIVED") || status.equals("NO_COVERAGE");
  }

  String key() {
    return "`%s.%s` %s".formatted(type, method, mutator);
  }
}

void main(String[] args) throws Exception {
  Path page = Path.of(args[0]);
  Path csv = Path.of(args[2]);
  String text = Files.readString(page);
  if (args.length > 4) {
    run(List.of(args).subList(4, args.length), csv, text);
  }
  List<Mutant> mutants = Files.readAllLines(csv).stream().map(Mutant::of).toList();
  List<String> problems = unexplained(mutants, text);
  if (args[3].equals("write")) {
    var rules = new Rules(Path.of(args[1]));
    String figures = classes(mutants) + "\n" + rules.table(mutants, problems);
    Files.writeString(
        page, text.substring(0, text.indexOf(MARK) + MARK.length()) + "\n\n" + figures);
  }
  problems.forEach(System.err::println);
  long alive = mutants.stream().filter(Mutant::alive).count();
  IO.println(
      "%d mutants, %d killed, %d alive, %d problems"
          .formatted(mutants.size(), mutants.size() - alive, alive, problems.size()));
  System.exit(problems.isEmpty() ? 0 : 1);
}

/** Runs pitest; its own output goes beside the CSV. */
void run(List<String> command, Path csv, String text) throws Exception {
  Files.createDirectories(csv.getParent());
  Files.deleteIfExists(csv);
  Path log = csv.resolveSibling("pitest.log");
  Process pitest =
      new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  Runtime.getRuntime().addShutdownHook(new Thread(pitest::destroy));
  Matcher before = ALL.matcher(text);
  String of = before.find() ? " of about " + before.group(1) : "";
  long began = System.nanoTime();
  while (!pitest.waitFor(30, TimeUnit.SECONDS)) {
    // The last lines are still in its buffer, and the very last may be half a line.
    List<String> lines = Files.exists(csv) ? Files.readAllLines(csv) : List.of();
    long alive = lines.stream().filter(l -> l.matches(".*,(SURVIVED|NO_COVERAGE),.*")).count();
    IO.println(
        "%d min: %d%s mutants, %d alive"
            .formatted((System.nanoTime() - began) / 60_000_000_000L, lines.size(), of, alive));
  }
  if (pitest.exitValue() != 0) {
    System.err.println("pitest has failed; " + log + " says why");
    System.exit(1);
  }
}

/** What survived and is not explained as often; tells which explanations nothing needs any more. */
List<String> unexplained(List<Mutant> mutants, String text) {
  var allowed = new TreeMap<String, Integer>();
  text.substring(0, text.indexOf(MARK))
      .lines()
      .filter(line -> line.startsWith("| `"))
      .flatMap(line -> EXPLAINED.matcher(line.substring(0, line.indexOf(" | "))).results())
      .forEach(
          m -> {
            int count = m.group(3) == null ? 1 : Integer.parseInt(m.group(3));
            allowed.merge("`%s` %s".formatted(m.group(1), m.group(2)), count, Integer::sum);
          });
  var alive = new TreeMap<String, List<Mutant>>();
  for (Mutant mutant : mutants) {
    if (mutant.alive()) {
      alive.computeIfAbsent(mutant.key(), k -> new ArrayList<>()).add(mutant);
    }
  }
  var problems = new ArrayList<String>();
  alive.forEach(
      (key, same) -> {
        if (same.size() > allowed.getOrDefault(key, 0)) {
          problems.add(
              "%s: %d alive, %d explained; line %s. Kill it by a test, or explain it in docs/design/mutation.md"
                  .formatted(
                      key,
                      same.size(),
                      allowed.getOrDefault(key, 0),
                      same.stream().map(m -> m.line() + " " + m.status()).toList()));
        }
      });
  Set<String> looked = mutants.stream().map(Mutant::key).collect(Collectors.toSet());
  allowed.forEach(
      (key, count) -> {
        int left = alive.getOrDefault(key, List.of()).size();
        if (looked.contains(key) && left < count) {
          IO.println("explained %d times, alive %d times: %s".formatted(count, left, key));
        }
      });
  return problems;
}

String classes(List<Mutant> mutants) {
  var out =
      new StringBuilder(
          "| class | mutants | killed | of these by a time-out | alive, explained above |\n"
              + "| --- | ---: | ---: | ---: | ---: |\n");
  var byClass =
      mutants.stream()
          .collect(
              Collectors.groupingBy(
                  m -> m.type().replaceAll("\\$.*", ""), TreeMap::new, Collectors.toList()));
  byClass.forEach((name, all) -> out.append(line(name, all, "")));
  return out.append(line("**all**", mutants, "**")).toString();
}

String line(String name, List<Mutant> mutants, String bold) {
  long alive = mutants.stream().filter(Mutant::alive).count();
  long hung = mutants.stream().filter(m -> m.status().equals("TIMED_OUT")).count();
  return "| %s | %s |\n"
      .formatted(
          name,
          LongStream.of(mutants.size(), mutants.size() - alive, hung, alive)
              .mapToObj(n -> bold + n + bold)
              .collect(Collectors.joining(" | ")));
}

/** Which tests name which rules, by their display names. */
static final class Rules {
  private static final Pattern TEST =
      Pattern.compile(
          "@DisplayName\\(\\s*\"([^\"]*)\"\\s*\\)(?:\\s*@\\w+(?:\\([^)]*\\))?)*\\s*(?:public )?void (\\w+)\\(");
  private static final Pattern RULE = Pattern.compile("\\bR(\\d+)\\b");
  private static final Pattern NESTED = Pattern.compile("class (\\w+) extends (\\w+Test)");
  private static final Pattern KILLER =
      Pattern.compile(
          "class(?:-template)?:dev\\.belay\\.(?:(?:spi|group|kernel|time)\\.)?(\\w+)](?:/\\[nested-class:(\\w+)])?.*\\[(?:method|test-template):(\\w+)");

  /** Where a rule lives: a mutant of this, if one was killed, says more than another. */
  private static final Map<Integer, String> HOME =
      Map.ofEntries(
          Map.entry(1, "Walk|CancelContext"),
          Map.entry(2, "CancelContext"),
          Map.entry(3, "Walk|End|CancelContext.end"),
          Map.entry(4, "Waiter|CancelContext"),
          Map.entry(5, "Walk|CancelContext"),
          Map.entry(6, "PlainContext|NamedContext"),
          Map.entry(7, "CancelContext|Lane"),
          Map.entry(8, "Path|Link"),
          Map.entry(9, "MergedContext|Walk"),
          Map.entry(10, "End|CancelContext.close"),
          Map.entry(11, "DeadlineContext"),
          Map.entry(12, "time.Nanos|DeadlineContext|CancelContext.expired"),
          Map.entry(13, "Alarm|DeadlineContext|Lane|Walk"),
          Map.entry(14, "CancelContext|group.Forks.decide"),
          Map.entry(15, "Values|kernel.Require|ContextKey"),
          Map.entry(16, "kernel.Names|ContextKey"),
          Map.entry(17, "Reaction"),
          Map.entry(18, "Walk|Reaction"),
          Map.entry(19, "Reaction"),
          Map.entry(20, "AbstractContext.call|Binding"),
          Map.entry(21, "Handover|GuardedCall"),
          Map.entry(22, "Interruption|Handover"),
          Map.entry(23, "GuardedCall.run|Interruption.explains|Canceller"),
          Map.entry(24, "GuardedCall"),
          Map.entry(25, "AbstractContext.(lambda.)?wrap"),
          Map.entry(26, "CancelContext.born|CancelContext.replace"),
          Map.entry(27, "Dropped|Link"),
          Map.entry(28, "Lane|time.Wheel"),
          Map.entry(29, "CoreKernel|CancelContext.born"),
          Map.entry(30, "Path|kernel.Names"),
          Map.entry(31, "Steps|DeadlineContext"),
          Map.entry(32, "group.(Forks|OwnerWait|ForkTask|TaskGroup)"),
          Map.entry(33, "group.(Policy|Forks)"),
          Map.entry(34, "group.(TaskGroup.(fork|tryFork|limit|lambda)|Forks)"),
          Map.entry(35, "group.(OpenGroups|TaskGroup|ForkTask)"),
          Map.entry(36, "group.(OrderedResults|TaskGroup.(map|stream|forkAll))"),
          Map.entry(37, "spi.ContextEvents|CancelContext.reportEnd"),
          Map.entry(38, "spi.ContextCarriers"),
          Map.entry(39, "spi.HelperThread|group.Forks.virtual"),
          Map.entry(40, "Foreign|spi.ContextEvents|spi.ContextCarriers"));

  private final Map<String, String> names = new HashMap<>();
  private final Map<String, String> nested = new HashMap<>();

  Rules(Path tests) throws IOException {
    try (Stream<Path> files = Files.walk(tests)) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
        String type = file.getFileName().toString().replace(".java", "");
        String source = Files.readString(file);
        TEST.matcher(source).results().forEach(m -> names.put(type + "." + m.group(2), m.group(1)));
        NESTED
            .matcher(source)
            .results()
            .forEach(m -> nested.put(type + "$" + m.group(1), m.group(2)));
      }
    }
  }

  /** {@code Type.method} of the test that has killed {@code mutant}; null if none is known. */
  private String killer(Mutant mutant) {
    Matcher m = KILLER.matcher(mutant.by());
    if (!m.find()) {
      return null;
    }
    String type = m.group(2) == null ? m.group(1) : nested.get(m.group(1) + "$" + m.group(2));
    return type + "." + m.group(3);
  }

  String table(List<Mutant> mutants, List<String> problems) {
    var proofs = new TreeMap<Integer, String>();
    var atHome = new HashSet<Integer>();
    for (Mutant mutant : mutants) {
      String test = killer(mutant);
      Matcher rules = RULE.matcher(names.getOrDefault(test, ""));
      while (mutant.status().equals("KILLED") && rules.find()) {
        int rule = Integer.parseInt(rules.group(1));
        String where = "^(" + HOME.getOrDefault(rule, "") + ").*";
        boolean first = (mutant.type() + "." + mutant.method()).matches(where) && atHome.add(rule);
        if (first || !proofs.containsKey(rule)) {
          proofs.put(rule, "`%s` | %s, line %d".formatted(test, mutant.key(), mutant.line()));
        }
      }
    }
    var out = new StringBuilder("| rule | a test that names it | a mutant it has killed |\n");
    out.append("| --- | --- | --- |\n");
    for (int rule = 1; rule <= 40; rule++) { // R41 is about queues that core does not have
      if (proofs.containsKey(rule)) {
        out.append("| R%d | %s |\n".formatted(rule, proofs.get(rule)));
      } else {
        problems.add("R" + rule + ": no mutant was killed by a test that names it");
      }
    }
    return out.toString();
  }
}
