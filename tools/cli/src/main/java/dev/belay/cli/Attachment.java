package dev.belay.cli;

import org.jspecify.annotations.Nullable;

/** A way to load an agent into another JVM. */
interface Attachment {
  /**
   * Loads it and waits until its entry has returned.
   *
   * @param jar as the target sees it
   * @param options for the agent's entry
   */
  void load(Target target, String jar, String options) throws FailedException;

  /** The JDK's way, or our own where this JVM is made without it. */
  static Attachment best() {
    return ModuleLayer.boot().findModule("jdk.attach").isPresent()
        ? new JdkAttachment()
        : new SocketAttachment();
  }

  /**
   * What the target has answered instead of loading the agent.
   *
   * @param text in the words of its JVM
   */
  static FailedException refused(Target target, String text, @Nullable Throwable cause) {
    return new FailedException(
        Failure.REFUSED,
        "JVM %d refuses the agent: %s%s".formatted(target.pid(), text, advice(text)),
        cause);
  }

  private static String advice(String text) {
    if (text.contains("EnableDynamicAgentLoading")) {
      return "; start it with -XX:+EnableDynamicAgentLoading";
    }
    if (text.contains("java.instrument")) {
      return "; add the module java.instrument to its runtime image";
    }
    return "";
  }
}
