package dev.belay.jetty;

import dev.belay.Context;
import java.nio.ByteBuffer;
import org.eclipse.jetty.websocket.api.Session;

/**
 * What a program does with one WebSocket session, by plain blocking code. Its methods are called
 * one after the other, on a virtual thread, under the session's context, which is {@link
 * Context#current()} as well. What they throw ends the session.
 */
public interface WebSocketEndpoint {
  /**
   * The session is open.
   *
   * @param ctx ends when the client goes away, the session is closed or idle for too long, or the
   *     server shuts down
   * @param session may be kept, to send from anywhere; Jetty's methods to send do not wait
   */
  default void onOpen(Context ctx, Session session) throws Exception {}

  /** A text has come, whole; unless overridden, such a message ends the session. */
  default void onText(Context ctx, Session session, String text) throws Exception {
    WebSocketSession.refuse(session);
  }

  /**
   * Bytes have come, whole; unless overridden, such a message ends the session.
   *
   * @param bytes the endpoint's own
   */
  default void onBinary(Context ctx, Session session, ByteBuffer bytes) throws Exception {
    WebSocketSession.refuse(session);
  }
}
