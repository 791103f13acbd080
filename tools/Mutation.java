/**
 * Writes what a mutation run found into a page, between its two marks: a line for each class, and
 * each mutant that no test has killed. {@code Mutation.java CSV PAGE}.
 */
void main(String[] args) throws Exception {
  var classes = new TreeMap<String, int[]>();
  var alive = new ArrayList<String>();
  for (String line : Files.readAllLines(Path.of(args[0]))) {
    // file, class, mutator, method, line, status, killing test
    String[] f = line.split(",", -1);
    String name = f[1].replace("dev.belay.", "");
    int[] counts = classes.computeIfAbsent(name.replaceAll("\\$.*", ""), n -> new int[4]);
    counts[0]++;
    switch (f[5]) {
      case "SURVIVED" -> counts[2]++;
      case "NO_COVERAGE" -> counts[3]++;
      default -> counts[1]++;
    }
    if (f[5].equals("SURVIVED") || f[5].equals("NO_COVERAGE")) {
      String mutator = f[2].replaceAll(".*\\.", "").replace("Mutator", "");
      alive.add(
          "| %s.%s | %s | %s |"
              .formatted(name, f[3], f[4], mutator + (f[5].equals("SURVIVED") ? "" : ", not run")));
    }
  }
  var out =
      new StringBuilder(
          "\n| class | mutants | killed | survived | not run by any test |\n| --- | ---: | ---: | ---: | ---: |\n");
  int[] sum = new int[4];
  classes.forEach(
      (name, c) -> {
        out.append("| %s | %d | %d | %d | %d |\n".formatted(name, c[0], c[1], c[2], c[3]));
        for (int i = 0; i < 4; i++) {
          sum[i] += c[i];
        }
      });
  out.append(
      "| **all** | **%d** | **%d** | **%d** | **%d** |\n"
          .formatted(sum[0], sum[1], sum[2], sum[3]));
  out.append("\n| survivor | line | mutator |\n| --- | ---: | --- |\n");
  alive.stream().sorted().forEach(s -> out.append(s).append('\n'));
  out.append('\n');
  Path page = Path.of(args[1]);
  String text = Files.readString(page);
  String from = "<!-- from here on written by ./build mutation -->";
  Files.writeString(
      page,
      text.substring(0, text.indexOf(from) + from.length())
          + "\n"
          + out.toString().stripTrailing()
          + "\n");
  IO.println(
      "%d mutants, %d killed, %d survived, %d not run".formatted(sum[0], sum[1], sum[2], sum[3]));
}
