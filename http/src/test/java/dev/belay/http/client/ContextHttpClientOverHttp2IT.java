package dev.belay.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.ContextCancelledException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextHttpClientOverHttp2IT extends ContextHttpClientContract {
  @Override
  TestServer start() throws Exception {
    return new JettyServer();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/hang", "/stall", "/trickle"})
  void anAbortResetsTheStreamAndKeepsTheConnection(String path) throws Exception {
    client.send(root, get("/ok"), BodyHandlers.discarding());
    try (var ctx = root.withCancel()) {
      var trial = Trial.start(() -> client.send(ctx, get(path), BodyHandlers.discarding()));
      server.busy.await(1);
      ctx.cancel();
      trial.thrown(ContextCancelledException.class);
    }
    server.gone.await(1);
    var response = client.send(root, get("/ok"), BodyHandlers.ofString());
    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(server.connections.value()).isEqualTo(1);
  }
}
