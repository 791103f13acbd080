/**
 * Shows where the time of the last test run went: {@code Times.java ROOT}. The slowest classes, and
 * each module against the budget of CONTRIBUTING.
 */
static final int SLOWEST = 25;

static final int BUDGET = 60;

/** Modules whose subject is a whole framework or another process. */
static final Map<String, Integer> LARGER =
    Map.of("hosts/spring", 120, "bridges/jobs", 120, "tools/inspect", 120);

void main(String[] args) throws Exception {
  List<Reports.Result> results = Reports.below(Path.of(args[0]));
  IO.println("%nThe slowest classes of tests:".formatted());
  results.stream()
      .sorted(Comparator.comparingDouble(Reports.Result::seconds).reversed())
      .limit(SLOWEST)
      .forEach(
          r -> IO.println("%7.1f s  %s  %s".formatted(r.seconds(), r.module(), r.simpleName())));
  IO.println("%nThe modules:".formatted());
  var modules = new TreeMap<String, Double>();
  results.forEach(r -> modules.merge(r.module(), r.seconds(), Double::sum));
  modules.forEach(
      (module, seconds) -> {
        int budget = LARGER.getOrDefault(module, BUDGET);
        IO.println(
            "%7.1f s  %s%s"
                .formatted(seconds, module, seconds > budget ? "  over its " + budget + " s" : ""));
      });
}
