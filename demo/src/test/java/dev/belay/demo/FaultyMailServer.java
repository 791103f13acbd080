package dev.belay.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An SMTP server that does to each address what it was told to: a reply to {@code RCPT}, or {@link
 * #STALL}. The rest it accepts.
 */
final class FaultyMailServer implements AutoCloseable {
  /** Never answers, and keeps the connection. */
  static final String STALL = "stall";

  private final ServerSocket server;
  private final Map<String, String> replies = new ConcurrentHashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<String> accepted = new CopyOnWriteArrayList<>();
  private final Thread acceptor;
  private volatile String greeting = "220 ready";

  FaultyMailServer() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = Thread.ofVirtual().name("faulty-mail").start(this::accept);
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  void greetWith(String greeting) {
    this.greeting = greeting;
  }

  void reply(String address, String reply) {
    replies.put(address, reply);
  }

  void accept(String address) {
    replies.remove(address);
  }

  /** The addresses whose mails were accepted, in that order. */
  List<String> accepted() {
    return List.copyOf(accepted);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        Thread.ofVirtual().name("faulty-mail-talk").start(() -> talk(client));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void talk(Socket client) {
    try (client;
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
        var out = new PrintStream(client.getOutputStream(), true, US_ASCII)) {
      out.print(greeting + "\r\n");
      String address = "";
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String reply = "250 fine";
        if (line.startsWith("RCPT TO:")) {
          address = line.substring(9, line.indexOf('>'));
          reply = replies.getOrDefault(address, reply);
        } else if (line.equals("DATA")) {
          out.print("354 go on\r\n");
          while (!in.readLine().equals(".")) {
            // The mail's text does not matter.
          }
          accepted.add(address);
        } else if (line.equals("QUIT")) {
          reply = "221 bye";
        }
        if (!reply.equals(STALL)) {
          out.print(reply + "\r\n");
        }
      }
    } catch (IOException e) {
      // The shop has closed the connection.
    }
  }

  @Override
  public void close() throws Exception {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
    acceptor.join();
  }
}
