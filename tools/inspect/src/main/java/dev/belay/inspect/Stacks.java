package dev.belay.inspect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a stack is worth showing. */
final class Stacks {
  /** How core names a call that the end interrupts: it says nothing of what is waited for. */
  static final String INTERRUPTIBLE = "an interruptible call";

  private static final int SHOWN = 8;

  private Stacks() {}

  /** The innermost frame that belongs neither to the JDK nor to Belay's core. */
  static @Nullable StackTraceElement own(List<StackTraceElement> stack) {
    return stack.stream().filter(frame -> !isOfPlatform(frame)).findFirst().orElse(null);
  }

  /** The frames to print: without how a thread parks. */
  static List<StackTraceElement> shown(List<StackTraceElement> stack) {
    return stack.stream().filter(frame -> !isParking(frame)).limit(SHOWN).toList();
  }

  private static boolean isOfPlatform(StackTraceElement frame) {
    String type = frame.getClassName();
    return type.startsWith("java.")
        || type.startsWith("jdk.")
        || type.startsWith("sun.")
        || isOfCore(type);
  }

  private static boolean isOfCore(String type) {
    return type.startsWith("dev.belay.")
        && Character.isUpperCase(type.charAt("dev.belay.".length()));
  }

  private static boolean isParking(StackTraceElement frame) {
    String type = frame.getClassName();
    return type.startsWith("java.lang.VirtualThread")
        || type.startsWith("java.lang.System$")
        || type.startsWith("jdk.internal.vm.")
        || type.equals("jdk.internal.misc.Unsafe")
        || type.equals("java.util.concurrent.locks.LockSupport");
  }
}
