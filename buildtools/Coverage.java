/**
 * Fails when the tests of a module take fewer than 95 % of its branches: {@code Coverage.java CSV}.
 */
static final double BRANCHES = 0.95;

void main(String[] args) throws IOException {
  List<String> lines = Files.readAllLines(Path.of(args[0]));
  List<String> names = List.of(lines.getFirst().split(","));
  List<String[]> rows = lines.stream().skip(1).map(line -> line.split(",")).toList();
  ToLongFunction<String> sum =
      name -> rows.stream().mapToLong(row -> Long.parseLong(row[names.indexOf(name)])).sum();
  long branches = sum.applyAsLong("BRANCH_COVERED");
  long allBranches = branches + sum.applyAsLong("BRANCH_MISSED");
  long code = sum.applyAsLong("LINE_COVERED");
  long allCode = code + sum.applyAsLong("LINE_MISSED");
  IO.println(
      "core: %d of %d branches, %.1f %%; %d of %d lines, %.1f %%"
          .formatted(
              branches,
              allBranches,
              100.0 * branches / allBranches,
              code,
              allCode,
              100.0 * code / allCode));
  System.exit(branches < BRANCHES * allBranches ? 1 : 0);
}
