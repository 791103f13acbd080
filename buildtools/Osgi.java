import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/**
 * Resolves and starts our jars as bundles of a real OSGi framework: {@code Osgi.java INSTALLED
 * OTHERS WORK}.
 *
 * <p>INSTALLED is a repository with our artifacts; OTHERS has the bundles that core needs. All of
 * ours must export what their modules export. Those of {@link #ALONE} are started, and core is used
 * through its bundle. The rest needs libraries that are no bundles (Kotlin, Apache HttpClient 5),
 * or bundles that need more than a framework (Jetty, Resilience4j, SLF4J).
 */
static final Set<String> ALONE = Set.of("belay-core", "belay-http", "belay-jdbc");

void main(String[] args) throws Exception {
  var problems = new ArrayList<String>();
  Framework framework =
      ServiceLoader.load(FrameworkFactory.class)
          .findFirst()
          .orElseThrow()
          .newFramework(
              Map.of(
                  "org.osgi.framework.storage",
                  args[2],
                  "felix.log.level",
                  "1",
                  "org.osgi.framework.storage.clean",
                  "onFirstInit"));
  framework.start();
  try {
    for (Path jar : jars(Path.of(args[1]))) {
      framework.getBundleContext().installBundle(jar.toUri().toString());
    }
    var ours = new ArrayList<Bundle>();
    for (Path jar : jars(Path.of(args[0], "dev", "belay"))) {
      Bundle bundle = framework.getBundleContext().installBundle(jar.toUri().toString());
      ours.add(bundle);
      compareExports(bundle, jar, problems);
    }
    List<Bundle> alone = ours.stream().filter(b -> ALONE.contains(b.getSymbolicName())).toList();
    alone.forEach(bundle -> start(bundle, problems));
    use(alone.stream().filter(b -> b.getSymbolicName().equals("belay-core")).findFirst().get());
    IO.println(
        "OSGi: %d bundles, %d of them started, %d problems"
            .formatted(ours.size(), alone.size(), problems.size()));
  } finally {
    framework.stop();
    framework.waitForStop(10_000);
  }
  problems.forEach(System.err::println);
  System.exit(problems.isEmpty() ? 0 : 1);
}

void start(Bundle bundle, List<String> problems) {
  try {
    bundle.start();
  } catch (BundleException e) {
    problems.add(bundle + " does not resolve: " + e.getMessage());
  }
}

void compareExports(Bundle bundle, Path jar, List<String> problems) {
  ModuleDescriptor module = ModuleFinder.of(jar).findAll().iterator().next().descriptor();
  var wanted =
      module.exports().stream()
          .map(ModuleDescriptor.Exports::source)
          .collect(Collectors.toCollection(TreeSet::new));
  if (module.isAutomatic()) { // it exports all its packages
    wanted.addAll(module.packages());
  }
  String header = bundle.getHeaders().get("Export-Package");
  var exported = new TreeSet<String>();
  if (header != null) {
    for (String clause : header.replaceAll("\"[^\"]*\"", "").split(",")) {
      exported.add(clause.replaceAll(";.*", ""));
    }
  }
  if (!wanted.equals(exported)) {
    problems.add(
        "%s exports %s, its module %s: set osgi.exports in its pom.xml"
            .formatted(bundle.getSymbolicName(), exported, wanted));
  }
}

/** A deadline in the past ends a context at once, also behind a bundle's class loader. */
void use(Bundle core) throws Exception {
  Class<?> type = core.loadClass("dev.belay.Context");
  Object root = type.getMethod("background").invoke(null);
  Object limited = type.getMethod("withTimeout", Duration.class).invoke(root, Duration.ZERO);
  if (!(boolean) type.getMethod("isDone").invoke(limited)) {
    throw new IllegalStateException("a context without time left is not done");
  }
  ((AutoCloseable) limited).close();
}

List<Path> jars(Path folder) throws IOException {
  try (Stream<Path> files = Files.walk(folder)) {
    return files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
  }
}
