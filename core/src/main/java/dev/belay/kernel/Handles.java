package dev.belay.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Finds the handles of a class's own fields. */
public final class Handles {
  private Handles() {}

  /** The handle of the field {@code name} of the class that made {@code lookup}. */
  public static VarHandle of(MethodHandles.Lookup lookup, String name, Class<?> type) {
    try {
      return lookup.findVarHandle(lookup.lookupClass(), name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The handle of the static field {@code name} of the class that made {@code lookup}. */
  public static VarHandle ofStatic(MethodHandles.Lookup lookup, String name, Class<?> type) {
    try {
      return lookup.findStaticVarHandle(lookup.lookupClass(), name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
