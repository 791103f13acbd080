package dev.belay.postgres;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Logs in to a server and out again, in PostgreSQL's protocol, to see that it can be used. */
final class StartupProbe {
  private static final int PROTOCOL_3_0 = 3 << 16;
  private static final int TIMEOUT_MILLIS = 1_000;
  private static final byte[] TERMINATE = {'X', 0, 0, 0, 4};

  private StartupProbe() {}

  /**
   * Whether the server at {@code port} of this machine lets the user postgres in. Blocks for two
   * seconds at most.
   */
  static boolean accepted(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port),
          TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(startupMessage());
      out.flush();
      InputStream in = socket.getInputStream();
      // 'R' is the answer to a login; 'E' an error, such as "the database system is starting up".
      boolean accepted = in.read() == 'R';
      if (accepted) {
        // Leaves as a client should, so that the server's log holds no complaint.
        out.write(TERMINATE);
        out.flush();
        in.transferTo(OutputStream.nullOutputStream());
      }
      return accepted;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  private static byte[] startupMessage() throws IOException {
    byte[] parameters =
        "user\0postgres\0database\0postgres\0\0".getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream message = new DataOutputStream(bytes);
    message.writeInt(Integer.BYTES + Integer.BYTES + parameters.length);
    message.writeInt(PROTOCOL_3_0);
    message.write(parameters);
    return bytes.toByteArray();
  }
}
