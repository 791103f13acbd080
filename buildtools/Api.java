import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.TypeVariable;
import java.util.jar.Manifest;

/**
 * Compares what a module offers with its committed text form, or writes that anew: {@code Api.java
 * check|apply CLASSES TEXT}, with the module's dependencies on the class path.
 *
 * <p>The text has every public and protected member of the exported packages, with nullness,
 * sorted, one a line, so that a change of the API is a change of a file that a reviewer sees.
 */
void main(String[] args) throws Exception {
  Path classes = Path.of(args[1]);
  Path text = Path.of(args[2]).normalize();
  String now = describe(classes);
  String before = Files.exists(text) ? Files.readString(text) : "";
  if (now.equals(before)) {
    return;
  }
  if (args[0].equals("apply")) {
    Files.createDirectories(text.getParent());
    Files.writeString(text, now);
    IO.println("rewritten: " + text);
    return;
  }
  IO.println("The public API is not what " + text + " says:");
  List<String> old = before.lines().toList();
  List<String> current = now.lines().toList();
  old.stream().filter(line -> !current.contains(line)).forEach(line -> IO.println("- " + line));
  current.stream().filter(line -> !old.contains(line)).forEach(line -> IO.println("+ " + line));
  IO.println("If that is meant: ./build api, commit the file, and say it in CHANGELOG.md.");
  System.exit(1);
}

static String describe(Path classes) throws Exception {
  var out = new StringBuilder();
  ModuleDescriptor module = module(classes);
  out.append("module ").append(module.name()).append('\n');
  module.requires().stream()
      .filter(each -> !each.modifiers().contains(ModuleDescriptor.Requires.Modifier.MANDATED))
      .map(each -> "  requires " + words(each.modifiers()) + each.name() + "\n")
      .sorted()
      .forEach(out::append);
  module.provides().stream()
      .map(each -> "  provides " + each.service() + " with " + each.providers() + "\n")
      .sorted()
      .forEach(out::append);
  for (var export : new TreeSet<>(module.exports())) {
    out.append("\npackage ").append(export.source()).append('\n');
    for (Class<?> type : types(classes, export.source())) {
      out.append('\n').append(head(type)).append('\n');
      members(type).forEach(member -> out.append("  ").append(member).append('\n'));
    }
  }
  return out.toString();
}

/** Without a module-info, what the manifest says of the module. */
static ModuleDescriptor module(Path classes) throws Exception {
  Path named = classes.resolve("module-info.class");
  if (Files.exists(named)) {
    try (InputStream in = Files.newInputStream(named)) {
      return ModuleDescriptor.read(in);
    }
  }
  try (InputStream in = Files.newInputStream(classes.resolve("META-INF/MANIFEST.MF"))) {
    var manifest = new Manifest(in).getMainAttributes();
    var module = ModuleDescriptor.newModule(manifest.getValue("Automatic-Module-Name"));
    String unquoted = manifest.getValue("Export-Package").replaceAll("\"[^\"]*\"", "");
    for (String each : unquoted.split(",", -1)) {
      module.exports(each.replaceFirst(";.*", ""));
    }
    return module.build();
  }
}

static List<Class<?>> types(Path classes, String name) throws Exception {
  var found = new ArrayList<Class<?>>();
  try (Stream<Path> files = Files.list(classes.resolve(name.replace('.', '/')))) {
    for (Path file : files.sorted().toList()) {
      String simple = file.getFileName().toString();
      if (simple.endsWith(".class") && !simple.equals("package-info.class")) {
        var loader = Thread.currentThread().getContextClassLoader();
        found.add(Class.forName(name + "." + simple.replace(".class", ""), false, loader));
      }
    }
  }
  found.removeIf(type -> !isOffered(type));
  return found;
}

static boolean isOffered(Class<?> type) {
  Class<?> outer = type.getDeclaringClass();
  return isOffered(type.getModifiers())
      && !type.isAnonymousClass()
      && !type.isLocalClass()
      && (outer == null || isOffered(outer));
}

static boolean isOffered(int modifiers) {
  return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
}

static String head(Class<?> type) {
  String kind =
      type.isAnnotation()
          ? "@interface"
          : type.isRecord()
              ? "record"
              : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
  int shown = type.getModifiers() & ~(Modifier.INTERFACE | Modifier.STRICT);
  if (type.isInterface()) {
    shown &= ~(Modifier.ABSTRACT | Modifier.STATIC);
  } else if (type.isEnum() || type.isRecord()) {
    shown &= ~(Modifier.FINAL | Modifier.STATIC);
  }
  var head = new StringBuilder(words(shown)).append(isSealed(type) ? "sealed " : "").append(kind);
  head.append(' ')
      .append(type.getName().substring(type.getPackageName().length() + 1).replace('$', '.'))
      .append(parameters(type.getTypeParameters()));
  AnnotatedType parent = parent(type);
  if (parent != null) {
    head.append(" extends ").append(shown(parent));
  }
  AnnotatedType[] interfaces = type.getAnnotatedInterfaces();
  if (interfaces.length > 0) {
    head.append(type.isInterface() ? " extends " : " implements ").append(list(interfaces));
  }
  if (isSealed(type)) {
    head.append(" permits ").append(permitted(type));
  }
  return head.toString();
}

/** An enum whose constants have bodies counts as sealed too, by the way it is compiled. */
static boolean isSealed(Class<?> type) {
  return type.isSealed() && !type.isEnum();
}

/** The nearest class above that is offered itself, or null for those that every class has. */
static AnnotatedType parent(Class<?> type) {
  Class<?> below = type;
  while (hasHiddenParent(below)) {
    below = below.getSuperclass();
  }
  Class<?> parent = below.getSuperclass();
  return parent == null || Set.of(Object.class, Enum.class, Record.class).contains(parent)
      ? null
      : below.getAnnotatedSuperclass();
}

static boolean hasHiddenParent(Class<?> type) {
  return type.getSuperclass() != null && !isOffered(type.getSuperclass());
}

/** In the order of the source; what is not offered counts as one. */
static String permitted(Class<?> type) {
  return Stream.of(type.getPermittedSubclasses())
      .map(each -> isOffered(each) ? shown(each.getName()) : "...")
      .distinct()
      .collect(Collectors.joining(", "));
}

/** Its own, and those of the classes above that are not offered themselves. */
static Collection<String> members(Class<?> type) {
  var lines = new TreeMap<String, String>(); // by what follows the modifiers and the type: the name
  addMembers(type, lines);
  for (Class<?> below = type; hasHiddenParent(below); below = below.getSuperclass()) {
    addMembers(below.getSuperclass(), lines);
  }
  return lines.values();
}

static void addMembers(Class<?> type, Map<String, String> lines) {
  int implied = type.isInterface() ? Modifier.PUBLIC | Modifier.ABSTRACT : 0;
  for (Field field : type.getDeclaredFields()) {
    if (field.isEnumConstant()) {
      lines.put(" " + field.getName(), field.getName());
    } else if (isOffered(field)) {
      String words = words(field.getModifiers() & ~implied);
      lines.putIfAbsent(
          field.getName(), words + shown(field.getAnnotatedType()) + " " + field.getName());
    }
  }
  for (Constructor<?> constructor : type.getDeclaredConstructors()) {
    if (isOffered(constructor) && isOffered(type)) {
      String call = call("new", constructor);
      lines.put(" " + call, front(constructor, implied) + call);
    }
  }
  for (Method method : type.getDeclaredMethods()) {
    if (isOffered(method) && !method.isBridge()) {
      String call = call(method.getName(), method);
      String result = shown(method.getAnnotatedReturnType());
      Object preset = method.getDefaultValue();
      lines.putIfAbsent(
          call,
          front(method, implied)
              + result
              + " "
              + call
              + (preset == null ? "" : " default " + preset));
    }
  }
}

static boolean isOffered(Member member) {
  return isOffered(member.getModifiers()) && !member.isSynthetic();
}

static String front(Executable method, int implied) {
  int bytecode = Modifier.TRANSIENT | Modifier.VOLATILE | Modifier.SYNCHRONIZED; // bridge, varargs
  String generic = parameters(method.getTypeParameters());
  return words(method.getModifiers() & ~implied & ~bytecode)
      + (method instanceof Method m && m.isDefault() ? "default " : "")
      + (generic.isEmpty() ? "" : generic + " ");
}

static String call(String name, Executable method) {
  AnnotatedType[] thrown = method.getAnnotatedExceptionTypes();
  String parameters = list(method.getAnnotatedParameterTypes());
  return name
      + "("
      + (method.isVarArgs() ? parameters.replaceFirst("\\[\\]$", "...") : parameters)
      + ")"
      + (thrown.length == 0 ? "" : " throws " + list(thrown));
}

static String parameters(TypeVariable<?>[] variables) {
  return variables.length == 0
      ? ""
      : Stream.of(variables)
          .map(
              each -> {
                String bounds =
                    Stream.of(each.getAnnotatedBounds())
                        .map(bound -> shown(bound))
                        .filter(bound -> !bound.equals("Object"))
                        .collect(Collectors.joining(" & "));
                return each.getName() + (bounds.isEmpty() ? "" : " extends " + bounds);
              })
          .collect(Collectors.joining(", ", "<", ">"));
}

static String list(AnnotatedType[] types) {
  return Stream.of(types).map(each -> shown(each)).collect(Collectors.joining(", "));
}

/** Without the names of our packages and of those that everybody knows. */
static String shown(AnnotatedType type) {
  return shown(type.toString());
}

static String shown(String type) {
  return type.replace("@org.jspecify.annotations.Nullable()", "@Nullable")
      .replaceAll(
          "\\b(java\\.(lang|io|time|util(\\.concurrent|\\.function)?)|dev\\.belay(\\.[a-z]+)*)\\.(?=[A-Z@])",
          "")
      .replace('$', '.');
}

static String words(int modifiers) {
  String words = Modifier.toString(modifiers);
  return words.isEmpty() ? "" : words + " ";
}

static String words(Set<ModuleDescriptor.Requires.Modifier> modifiers) {
  return modifiers.stream()
      .map(each -> each.toString().toLowerCase(Locale.ROOT) + " ")
      .sorted()
      .collect(Collectors.joining());
}
