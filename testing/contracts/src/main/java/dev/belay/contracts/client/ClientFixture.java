package dev.belay.contracts.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.contracts.Unsupported;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.spi.LiveContext;
import dev.belay.spi.TreeInspector;
import dev.belay.testkit.VirtualClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client and its server for one test, after which neither keeps anything of the other. */
abstract class ClientFixture {
  private static final String SECRET = "secret";

  private final ClientContract contract;
  private final boolean http2;
  private CancellableContext top;
  private CancellableContext root;
  private VirtualClock clock;
  private FaultServer server;
  private ClientUnderTest client;

  ClientFixture(ClientContract contract, boolean http2) {
    this.contract = contract;
    this.http2 = http2;
  }

  abstract FaultServer serve() throws IOException;

  @BeforeEach
  void open(CancellableContext top, VirtualClock clock) throws Exception {
    this.top = top;
    this.clock = clock;
    root = top.withCancel(); // its registrations are seen, the top's are not
    server = serve();
    client = contract.open(new ClientSettings(Certificate.forLocalhost().client(), http2));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertEquals(0, registrations(), "registrations");
    root.close();
    server.busy.await(0);
    client.close();
    server.open.await(0);
    server.close();
  }

  void needs(ClientFeature feature) {
    Unsupported.skip(contract, contract.unsupported(), feature);
  }

  /** What the tests work under. */
  CancellableContext root() {
    return root;
  }

  VirtualClock clock() {
    return clock;
  }

  FaultServer server() {
    return server;
  }

  ClientUnderTest client() {
    return client;
  }

  /** How many registrations there are in the contexts below the test's root. */
  int registrations() {
    return TreeInspector.live(top).stream().mapToInt(LiveContext::reactions).sum();
  }

  /** Sends a GET whose query is a secret. */
  ClientResponse open(Context ctx, String path) throws Exception {
    return client.open(ctx, ClientRequest.get(server.uri(path + "?token=" + SECRET)));
  }

  String read(String path) throws Exception {
    return read(root, ClientRequest.get(server.uri(path)));
  }

  String read(Context ctx, ClientRequest request) throws Exception {
    try (InputStream body = client.open(ctx, request).body()) {
      return new String(body.readAllBytes(), ISO_8859_1);
    }
  }

  Object drain(Context ctx, String path) throws Exception {
    try (InputStream body = open(ctx, path).body()) {
      return body.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** The exception says what was aborted, and in which phase, and no secret. */
  void assertTells(Throwable ended, String path, String phase) {
    var text = new StringBuilder();
    for (@Nullable Throwable each = ended; each != null; each = each.getCause()) {
      text.append(each.getMessage()).append(System.lineSeparator());
    }
    String said = text.toString();
    URI uri = URI.create(path).isAbsolute() ? URI.create(path) : server.uri(path);
    assertTrue(said.contains(uri.toString()), () -> "names no URL: " + said);
    assertTrue(said.contains(phase), () -> "does not say \"" + phase + "\": " + said);
    assertFalse(said.contains(SECRET), () -> "shows a secret: " + said);
  }
}
