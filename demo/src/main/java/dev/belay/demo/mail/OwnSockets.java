package dev.belay.demo.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;

/** Makes sockets and remembers them, so that another thread can close them. */
final class OwnSockets extends SocketFactory {
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  void close() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // Closed is closed.
      }
    }
  }

  private Socket remembered(Socket socket) {
    sockets.add(socket);
    return socket;
  }

  @Override
  public Socket createSocket() {
    return remembered(new Socket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return remembered(new Socket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return remembered(new Socket(host, port, localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return remembered(new Socket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return remembered(new Socket(address, port, localAddress, localPort));
  }
}
