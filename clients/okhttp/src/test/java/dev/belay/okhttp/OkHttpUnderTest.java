package dev.belay.okhttp;

import dev.belay.Context;
import dev.belay.contracts.client.ClientRequest;
import dev.belay.contracts.client.ClientResponse;
import dev.belay.contracts.client.ClientSettings;
import dev.belay.contracts.client.ClientUnderTest;
import dev.belay.contracts.socket.Certificate;
import java.util.List;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** OkHttp as the contracts want it. */
final class OkHttpUnderTest implements ClientUnderTest {
  /** Then it is left open, and whoever looks for what is open says so. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final OkHttpClient okHttp;
  private final ContextOkHttpClient client;

  OkHttpUnderTest(ClientSettings settings) {
    okHttp =
        new OkHttpClient.Builder()
            .protocols(
                settings.http2()
                    ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1)
                    : List.of(Protocol.HTTP_1_1))
            .sslSocketFactory(
                settings.trust().getSocketFactory(), Certificate.forLocalhost().trustManager())
            .build();
    client = ContextOkHttpClient.of(okHttp);
  }

  @Override
  public ClientResponse open(Context ctx, ClientRequest request) throws Exception {
    var builder = new Request.Builder().url(request.uri().toString());
    request.fields().forEach(builder::header);
    if (request.file() != null) {
      builder.post(RequestBody.create(request.file().toFile(), null));
    } else if (request.length() > 0) {
      builder.post(RequestBody.create(new byte[request.length()]));
    }
    Response response = client.open(ctx, builder.build());
    return new ClientResponse(response.code(), response.body().byteStream());
  }

  @Override
  public void close() {
    okHttp.dispatcher().executorService().shutdown();
    // An exchange that was given up may hold its connection for a moment, which is idle then.
    ConnectionPool pool = okHttp.connectionPool();
    long begun = System.nanoTime();
    do {
      pool.evictAll();
      Thread.onSpinWait();
    } while (pool.connectionCount() > 0 && System.nanoTime() - begun < PATIENCE_NANOS);
  }
}
