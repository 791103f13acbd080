package dev.belay.tomcat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.apache.coyote.ActionHook;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;

/** What Tomcat has no getter for, by reflection. */
final class Internals {
  private static final VarHandle OUTPUT = field(Response.class, "outputBuffer", OutputBuffer.class);
  private static final VarHandle REQUEST_HOOK = field(Request.class, "hook", ActionHook.class);
  private static final VarHandle RESPONSE_HOOK = field(Response.class, "hook", ActionHook.class);
  private static final VarHandle READ_LOCK = socketField("readLock");
  private static final VarHandle WRITE_LOCK = socketField("writeLock");

  private Internals() {}

  /** Where a response goes. */
  static OutputBuffer outputOf(Response response) {
    return (OutputBuffer) OUTPUT.get(response);
  }

  /** What carries the actions of a response and its request out. */
  static ActionHook hookOf(Response response) {
    return (ActionHook) RESPONSE_HOOK.getVolatile(response);
  }

  static void setHook(Request request, Response response, ActionHook hook) {
    REQUEST_HOOK.setVolatile(request, hook);
    RESPONSE_HOOK.setVolatile(response, hook);
  }

  /**
   * Makes the threads that wait for a socket look at it again. They hold these monitors from their
   * look until they wait: what was done to the socket before is seen by all.
   */
  static void wake(NioSocketWrapper socket) {
    wake(READ_LOCK.get(socket));
    wake(WRITE_LOCK.get(socket));
  }

  @SuppressWarnings("NakedNotify") // the state is the socket's
  private static void wake(Object monitor) {
    synchronized (monitor) {
      monitor.notifyAll();
    }
  }

  private static VarHandle socketField(String name) {
    return field(NioSocketWrapper.class, name, Object.class);
  }

  private static VarHandle field(Class<?> owner, String name, Class<?> type) {
    try {
      return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
          .findVarHandle(owner, name, type);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "this is no Tomcat that belay-tomcat knows: " + owner + " has no " + name, e);
    }
  }
}
