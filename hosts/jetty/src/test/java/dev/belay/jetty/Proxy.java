package dev.belay.jetty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A proxy in front of a server of this machine, as a process of its own. */
final class Proxy implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.belay.jetty.proxy");
  private static final Path NGINX = Path.of("/usr/sbin/nginx");
  private static final Path HAPROXY = Path.of("/usr/sbin/haproxy");

  private final Process process;
  private final int port;

  private Proxy(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts nginx.
   *
   * @param directory for its files
   * @param listen what follows the port in {@code listen}
   * @param settings of the location
   */
  static Proxy nginx(Path directory, int server, String listen, String settings)
      throws IOException, InterruptedException {
    needs(NGINX);
    int port = freePort();
    String configuration =
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log error.log;
        events {}
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          server {
            listen 127.0.0.1:%d %s;
            location / {
              proxy_pass http://127.0.0.1:%d;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              %s
            }
          }
        }
        """
            .formatted(port, listen, server, settings);
    Path file = Files.writeString(directory.resolve("nginx.conf"), configuration);
    String prefix = directory + "/";
    return start(List.of(NGINX.toString(), "-p", prefix, "-c", file.toString()), port);
  }

  /**
   * Starts HAProxy.
   *
   * @param listen what follows the port in {@code bind}
   * @param settings of the proxy
   */
  static Proxy haproxy(Path directory, int server, String listen, String settings)
      throws IOException, InterruptedException {
    needs(HAPROXY);
    int port = freePort();
    String configuration =
        """
        defaults
          mode http
          timeout connect 10s
          timeout client 60s
          timeout server 60s
        listen proxy
          bind 127.0.0.1:%d %s
          %s
          server jetty 127.0.0.1:%d
        """
            .formatted(port, listen, settings, server);
    Path file = Files.writeString(directory.resolve("haproxy.cfg"), configuration);
    return start(List.of(HAPROXY.toString(), "-db", "-f", file.toString()), port);
  }

  private static void needs(Path program) {
    if (!Files.isExecutable(program)) {
      LOG.log(System.Logger.Level.WARNING, "NOT TESTED BEHIND A PROXY: {0} is missing", program);
      Assumptions.abort(program + " is missing");
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Proxy start(List<String> command, int port)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    var proxy = new Proxy(process, port);
    try {
      proxy.awaitListening();
      return proxy;
    } catch (IOException | InterruptedException | RuntimeException e) {
      proxy.close();
      throw e;
    }
  }

  private void awaitListening() throws IOException, InterruptedException {
    while (true) {
      if (!process.isAlive()) {
        throw new IOException("the proxy has ended with " + process.exitValue());
      }
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        process.waitFor(10, TimeUnit.MILLISECONDS); // not yet
      }
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
