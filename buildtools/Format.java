import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;

/**
 * Checks or applies google-java-format to every Java file under a root: {@code Format.java
 * check|apply ROOT}.
 */
void main(String[] args) throws Exception {
  boolean apply = args[0].equals("apply");
  Path root = Path.of(args[1]);
  var formatter = new Formatter();
  List<Path> files;
  try (Stream<Path> walk = Files.walk(root)) {
    files =
        walk.filter(p -> p.toString().endsWith(".java"))
            .filter(p -> !root.relativize(p).toString().matches("(.*/)?(target|\\.git)/.*"))
            .sorted()
            .toList();
  }
  var bad = new ConcurrentLinkedQueue<String>();
  files.parallelStream()
      .forEach(
          p -> {
            try {
              String before = Files.readString(p);
              String after =
                  formatter.formatSource(
                      RemoveUnusedImports.removeUnusedImports(
                          ImportOrderer.reorderImports(before, JavaFormatterOptions.Style.GOOGLE)));
              if (!after.equals(before)) {
                bad.add(root.relativize(p).toString());
                if (apply) {
                  Files.writeString(p, after);
                }
              }
            } catch (Exception e) {
              bad.add(root.relativize(p) + ": " + e.getMessage());
            }
          });
  bad.stream().sorted().forEach(IO::println);
  IO.println(
      "format "
          + args[0]
          + ": "
          + files.size()
          + " files, "
          + bad.size()
          + (apply ? " changed" : " not formatted"));
  if (!apply && !bad.isEmpty()) {
    IO.println("run: ./build format");
    System.exit(1);
  }
}
