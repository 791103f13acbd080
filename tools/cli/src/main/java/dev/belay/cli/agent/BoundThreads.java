package dev.belay.cli.agent;

import dev.belay.Context;
import dev.belay.inspect.ThreadSource;
import dev.belay.spi.LiveThread;
import java.lang.instrument.Instrumentation;
import java.lang.ref.Reference;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every thread to which a context is bound, virtual ones included, by a look at the thread-locals
 * of all threads: the target need not keep a list. The look is racy by nature: what a thread binds
 * or releases meanwhile may be missed.
 */
final class BoundThreads implements ThreadSource {
  private static final int CONTEXT = 0;
  private static final int CALL = 1;

  private final Object key;
  private final Field threadLocals;
  private final Class<?> containers;

  private BoundThreads(Object key, Field threadLocals, Class<?> containers) {
    this.key = key;
    this.threadLocals = threadLocals;
    this.containers = containers;
  }

  /**
   * Opens what is needed of the JDK and of Belay to this code alone.
   *
   * @param core a class of the copy of Belay that is looked at
   * @throws ReflectiveOperationException on a JDK, or with a Belay, that is made in another way
   */
  static BoundThreads in(Instrumentation jvm, Class<?> core) throws ReflectiveOperationException {
    Set<Module> us = Set.of(BoundThreads.class.getModule());
    jvm.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of("jdk.internal.vm", us),
        Map.of("java.lang", us, "java.lang.ref", us),
        Set.of(),
        Map.of());
    if (core.getModule().isNamed()) {
      jvm.redefineModule(
          core.getModule(), Set.of(), Map.of(), Map.of("dev.belay", us), Set.of(), Map.of());
    }
    Field bound = field(Class.forName("dev.belay.Binding", true, core.getClassLoader()), "BOUND");
    return new BoundThreads(
        bound.get(null),
        field(Thread.class, "threadLocals"),
        Class.forName("jdk.internal.vm.ThreadContainers"));
  }

  @Override
  public void forEach(Visitor visitor) {
    try {
      for (Thread thread : threads()) {
        visit(thread, visitor);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK keeps its threads in another way", e);
    }
  }

  private void visit(Thread thread, Visitor visitor) throws ReflectiveOperationException {
    Object map = threadLocals.get(thread);
    Object table = map == null ? null : field(map.getClass(), "table").get(map);
    if (!(table instanceof Object[] entries)) {
      return;
    }
    for (Object entry : entries) {
      if (entry instanceof Reference<?> reference && reference.refersTo(cast(key))) {
        Object slots = field(entry.getClass(), "value").get(entry);
        if (slots instanceof Object[] pair && pair[CONTEXT] instanceof Context context) {
          visitor.visit(thread, context, pair[CALL] instanceof LiveThread call ? call : null);
        }
      }
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // compared by identity alone
  private static <T> T cast(Object any) {
    return (T) any;
  }

  private List<Thread> threads() throws ReflectiveOperationException {
    Class<?> container = Class.forName("jdk.internal.vm.ThreadContainer");
    Method threadsOf = container.getMethod("threads");
    Method childrenOf = container.getMethod("children");
    var found = new ArrayList<Thread>();
    var open = new ArrayDeque<Object>();
    open.add(containers.getMethod("root").invoke(null));
    while (!open.isEmpty()) {
      Object next = open.remove();
      ((Stream<?>) threadsOf.invoke(next)).forEach(thread -> found.add((Thread) thread));
      ((Stream<?>) childrenOf.invoke(next)).forEach(open::add);
    }
    return found;
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    for (@Nullable Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (Field each : c.getDeclaredFields()) {
        if (each.getName().equals(name)) {
          AccessibleObject.setAccessible(new Field[] {each}, true);
          return each;
        }
      }
    }
    throw new NoSuchFieldException(type.getName() + "." + name);
  }
}
