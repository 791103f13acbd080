package dev.belay.tomcat;

import dev.belay.http.spi.ClientLimit;
import dev.belay.http.spi.ClientLimits;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.coyote.ActionCode;
import org.apache.coyote.ActionHook;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * Tells the limits of one request when Tomcat waits for the client: in a read or a write, in a
 * flush, which Tomcat asks for by an action, and between the calls of a listener.
 */
final class ClientWaits implements ActionHook {
  private final Request request;
  private final Response response;
  private final ClientLimits limits;
  private final ActionHook hook;

  // Of whoever reads, and whoever writes:
  private ClientLimit.Wait arrival = new ClientLimit.Wait();
  private ClientLimit.Wait room = new ClientLimit.Wait();

  private ClientWaits(Request request, Response response, ClientLimits limits, ActionHook hook) {
    this.request = request;
    this.response = response;
    this.limits = limits;
    this.hook = hook;
  }

  /** Looks from now on, until {@link #end}. */
  static ClientWaits begin(Request request, Response response, ClientLimits limits) {
    var waits = new ClientWaits(request, response, limits, Internals.hookOf(response));
    Internals.setHook(request, response, waits);
    return waits;
  }

  void end() {
    Internals.setHook(request, response, hook);
  }

  int read(InputBuffer in, ApplicationBufferHandler handler) throws IOException {
    limits.reading().over(arrival);
    var wait = new ClientLimit.Wait();
    if (request.getReadListener() == null) {
      limits.reading().waitFor(wait);
    }
    try {
      return in.doRead(handler);
    } catch (SocketTimeoutException e) {
      limits.bodyIdle(e);
      throw e;
    } finally {
      limits.reading().over(wait);
      if (request.isFinished()) {
        limits.reading().end();
      }
    }
  }

  int write(OutputBuffer out, ByteBuffer chunk) throws IOException {
    limits.writing().over(room);
    ClientLimit.Wait wait = beginWrite();
    try {
      return out.doWrite(chunk);
    } catch (SocketTimeoutException e) {
      limits.responseIdle(e);
      throw e;
    } finally {
      limits.writing().over(wait);
    }
  }

  private ClientLimit.Wait beginWrite() {
    limits.writing().begin();
    var wait = new ClientLimit.Wait();
    limits.writing().waitFor(wait);
    return wait;
  }

  @Override
  public void action(ActionCode code, Object about) {
    switch (code) {
      case CLIENT_FLUSH, CLOSE -> {
        ClientLimit.Wait wait = beginWrite();
        try {
          hook.action(code, about);
        } finally {
          limits.writing().over(wait);
        }
        if (response.getErrorException() instanceof SocketTimeoutException e) {
          limits.responseIdle(e);
        }
      }
      case NB_READ_INTEREST -> {
        hook.action(code, about);
        if (!((AtomicBoolean) about).get()) {
          arrival = new ClientLimit.Wait();
          limits.reading().waitFor(arrival);
        }
      }
      case NB_WRITE_INTEREST -> {
        hook.action(code, about);
        if (!((AtomicBoolean) about).get()) {
          room = new ClientLimit.Wait();
          limits.writing().waitFor(room);
        }
      }
      default -> hook.action(code, about);
    }
  }
}
