import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/** What Surefire has reported below a folder: one result for each class of tests. */
final class Reports {
  /** A class of tests that was run; {@code suffix} tells two runs of one class apart. */
  record Result(String module, String name, String suffix, double seconds, int tests, int bad) {
    String simpleName() {
      return name.substring(name.lastIndexOf('.') + 1) + suffix;
    }
  }

  private Reports() {}

  static List<Result> below(Path root) throws Exception {
    var results = new ArrayList<Result>();
    for (Path file : files(root)) {
      Element suite =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(file.toFile())
              .getDocumentElement();
      String name = suite.getAttribute("name");
      String fileName = file.getFileName().toString();
      String rest = fileName.substring("TEST-".length(), fileName.length() - ".xml".length());
      String plain = name.replaceAll("\\(.*\\)$", "");
      results.add(
          new Result(
              root.relativize(file).toString().replaceAll("/target/.*", ""),
              plain,
              rest.length() > plain.length() && rest.startsWith(plain)
                  ? " (" + rest.substring(plain.length() + 1) + ")"
                  : "",
              Double.parseDouble(suite.getAttribute("time").replace(",", "")),
              Integer.parseInt(suite.getAttribute("tests")),
              Integer.parseInt(suite.getAttribute("failures"))
                  + Integer.parseInt(suite.getAttribute("errors"))));
    }
    return results;
  }

  /** Deletes them all, so that what is found later is of a later run. */
  static void delete(Path root) throws IOException {
    for (Path file : files(root)) {
      Files.delete(file);
    }
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(f -> f.getFileName().toString().matches("TEST-.*\\.xml"))
          .filter(f -> root.relativize(f).toString().matches(".*target/surefire-reports.*"))
          .sorted()
          .toList();
    }
  }
}
