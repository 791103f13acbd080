package dev.belay.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is no HTTP, or too much of it, gets a clear answer, and the shop goes on. */
class MalformedHttpIT extends EmbeddedShopTesting {
  private static final String HOST = "Host: localhost\r\n";
  private static final String POST = "POST /orders HTTP/1.1\r\n" + HOST;
  private static final String SESSION = "Authorization: Bearer demo\r\n";

  static Stream<Arguments> requests() {
    return Stream.of(
        argumentSet("no request line", "hello\r\n\r\n", 400),
        argumentSet("a TLS greeting", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\n\n", 400),
        argumentSet("an unknown version", "GET / HTTP/9.9\r\n" + HOST + "\r\n", 505),
        argumentSet("no version", "GET /products\r\n\r\n", 505),
        argumentSet("a space in a method", "GE T /products HTTP/1.1\r\n" + HOST + "\r\n", 400),
        argumentSet("a broken escape", "GET /%zz HTTP/1.1\r\n" + HOST + "\r\n", 400),
        argumentSet("a path out of the root", "GET /../etc HTTP/1.1\r\n" + HOST + "\r\n", 400),
        argumentSet("no host", "GET /products HTTP/1.1\r\n\r\n", 400),
        argumentSet("two hosts", "GET /products HTTP/1.1\r\n" + HOST + HOST + "\r\n", 400),
        argumentSet("a name with a space", POST + "X y: z\r\n\r\n", 400),
        argumentSet("a name with an escape code", POST + "X\u001b[31m: z\r\n\r\n", 400),
        argumentSet("a folded line", POST + "X: y\r\n z\r\n\r\n", 400),
        argumentSet("a length that is none", POST + "Content-Length: ten\r\n\r\n", 400),
        argumentSet("a negative length", POST + "Content-Length: -1\r\n\r\n", 400),
        argumentSet("two lengths", POST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        argumentSet(
            "length and chunks",
            POST + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400),
        argumentSet(
            "a chunk that is none",
            POST + SESSION + "Transfer-Encoding: chunked\r\n\r\nten\r\nabc\r\n\r\n",
            400),
        argumentSet("a large header", POST + "X: " + "y".repeat(20_000) + "\r\n\r\n", 431),
        argumentSet("many headers", POST + "X: y\r\n".repeat(5_000) + "\r\n", 431),
        argumentSet("a long path", "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n" + HOST, 414));
  }

  private final LogCapture log = LogCapture.open();

  @AfterEach
  void theShopGoesOn() throws Exception {
    log.close();
    assertThat(order(ORDER).statusCode()).isEqualTo(201);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void isAnswered(String request, int status) throws Exception {
    String answer = send(request);
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    assertThat(answer).contains("Content-Type: application/problem+json").doesNotContain("\tat ");
    System.out.println(status + " " + log.assertExplained(answer));
  }

  /** Else a client reuses a connection that is about to be closed, and its next request fails. */
  @Test
  void anAnswerThatDoesNotWaitForTheBodySaysThatTheConnectionCloses() throws Exception {
    String answer = send(POST + "Content-Length: 9\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 401 ").contains("Connection: close\r\n");
  }

  @Test
  void everyOtherRefusalHasAnIdThatIsInTheLog() throws Exception {
    for (String path : new String[] {"/nope", "/products?limit=x", "/orders"}) {
      log.assertExplained(
          send("GET " + path + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"));
    }
    for (String body : new String[] {"", "{", "{\"\\u001b[31m\\n\":1}", "x".repeat(70_000)}) {
      log.assertExplained(order(body).body());
    }
  }

  /** All that comes back until the server closes the connection. */
  private static String send(String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), shop.address().getPort())) {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }
}
