package dev.belay.tomcat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Response;

/** Reads where a response goes: Tomcat has a setter for it, and no getter. */
final class ResponseOutput {
  private static final VarHandle OUTPUT = output();

  private ResponseOutput() {}

  static OutputBuffer of(Response response) {
    return (OutputBuffer) OUTPUT.get(response);
  }

  private static VarHandle output() {
    try {
      return MethodHandles.privateLookupIn(Response.class, MethodHandles.lookup())
          .findVarHandle(Response.class, "outputBuffer", OutputBuffer.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this is not a Tomcat that belay-tomcat knows", e);
    }
  }
}
