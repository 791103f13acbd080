package dev.belay.cli;

import java.io.PrintWriter;

/** The JVMs of this user. */
final class Jvms {
  private Jvms() {}

  static void list(PrintWriter out) {
    if (Target.hasProc()) {
      ProcessHandle.allProcesses()
          .filter(process -> process.pid() != ProcessHandle.current().pid())
          .filter(process -> new Target(process.pid()).isReachable())
          .forEach(process -> out.println(process.pid() + " " + described(process)));
    } else {
      Listing.print(out);
    }
    out.flush();
  }

  private static String described(ProcessHandle process) {
    return process.info().commandLine().orElse("");
  }

  /**
   * Where there is no /proc; apart, so that nothing of jdk.attach is loaded where it is missing.
   */
  private static final class Listing {
    static void print(PrintWriter out) {
      com.sun.tools.attach.VirtualMachine.list()
          .forEach(each -> out.println(each.id() + " " + each.displayName()));
    }
  }
}
