package dev.belay.bench.server;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.contracts.socket.HttpClientByHand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/**
 * From the moment at which an HTTP client closes its connection to the one at which the thread that
 * works for it runs again, because its context has ended.
 */
public final class Leaves {
  private static final int WARM_UP = 200;
  private static final int TURNS = 1000;

  private Leaves() {}

  private interface Start {
    Host host(Context root, Host.Work work) throws Exception;
  }

  private interface Connect {
    HttpClientByHand to(Host host) throws IOException;
  }

  private record Protocol(String title, Connect connect) {}

  private static final List<Protocol> PROTOCOLS =
      List.of(
          new Protocol("HTTP/1.1", host -> Http1Client.plain(host.port())),
          new Protocol(
              "TLS", host -> Http1Client.tls(host.tlsPort(), Certificate.forLocalhost().client())),
          new Protocol("HTTP/2", host -> Http2Client.plain(host.port())));

  /** The names of what is measured: a server and a protocol, as a reader knows them. */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    for (String server : List.of("Jetty", "Tomcat")) {
      for (Protocol protocol : PROTOCOLS) {
        names.add(server + ", " + protocol.title);
      }
    }
    return names;
  }

  /** The median's name. */
  public static String median(String name) {
    return "Leaves.median/" + name;
  }

  /** The name of what 99 of 100 turns do not exceed. */
  public static String p99(String name) {
    return "Leaves.p99/" + name;
  }

  /**
   * Measures all of it.
   *
   * @param figures takes a name and milliseconds
   */
  public static void measure(BiConsumer<String, Double> figures) throws Exception {
    measure("Jetty", JettyHost::start, figures);
    measure("Tomcat", TomcatHost::start, figures);
  }

  private static void measure(String server, Start start, BiConsumer<String, Double> figures)
      throws Exception {
    BlockingQueue<Long> begun = new LinkedBlockingQueue<>();
    BlockingQueue<Long> ended = new LinkedBlockingQueue<>();
    Host.Work work =
        ctx -> {
          begun.add(System.nanoTime());
          ctx.awaitDone();
          ended.add(System.nanoTime());
        };
    try (CancellableContext root = Context.root("leaves");
        Host host = start.host(root, work)) {
      for (Protocol protocol : PROTOCOLS) {
        String name = server + ", " + protocol.title;
        System.out.println("# " + name + ": " + TURNS + " clients leave");
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < WARM_UP + TURNS; i++) {
          HttpClientByHand client = protocol.connect.to(host);
          var _ = client.get("/");
          begun.take();
          long left = System.nanoTime();
          client.cut();
          nanos.add(ended.take() - left);
        }
        List<Long> counted = nanos.subList(WARM_UP, nanos.size()).stream().sorted().toList();
        figures.accept(median(name), counted.get(TURNS / 2) / 1e6);
        figures.accept(p99(name), counted.get(TURNS * 99 / 100) / 1e6);
      }
    }
  }
}
