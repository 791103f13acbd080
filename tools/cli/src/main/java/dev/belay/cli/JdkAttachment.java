package dev.belay.cli;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;

/** By the JDK's module jdk.attach. */
final class JdkAttachment implements Attachment {
  @Override
  public void load(Target target, String jar, String options) throws FailedException {
    VirtualMachine machine;
    try {
      machine = VirtualMachine.attach(String.valueOf(target.pid()));
    } catch (AttachNotSupportedException | IOException e) {
      throw new FailedException(
          Failure.REFUSED,
          "JVM %d cannot be attached to: %s. It may run with -XX:+DisableAttachMechanism"
              .formatted(target.pid(), e.getMessage()),
          e);
    }
    try {
      machine.loadAgent(jar, options);
    } catch (AgentLoadException | AgentInitializationException | IOException e) {
      throw Attachment.refused(target, String.valueOf(e.getMessage()), e);
    } finally {
      detach(machine);
    }
  }

  private static void detach(VirtualMachine machine) {
    try {
      machine.detach();
    } catch (IOException e) {
      // The target has gone, or will find the end of the connection.
    }
  }
}
