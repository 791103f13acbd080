package dev.belay.http.client;

import dev.belay.Context;
import dev.belay.contracts.client.ClientSettings;
import dev.belay.contracts.client.ClientStormContract;
import dev.belay.contracts.client.ClientUnderTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.ThreadLocalRandom;

class ContextHttpClientStormIT extends ClientStormContract {
  @Override
  protected ClientUnderTest open(ClientSettings settings) {
    return new EitherWay(settings);
  }

  /** Half of its exchanges take in the whole body at once. */
  private static final class EitherWay extends JdkClientUnderTest {
    EitherWay(ClientSettings settings) {
      super(settings);
    }

    @Override
    HttpResponse<InputStream> open(ContextHttpClient client, Context ctx, HttpRequest request)
        throws IOException, InterruptedException {
      if (ThreadLocalRandom.current().nextBoolean()) {
        return client.open(ctx, request);
      }
      HttpResponse<byte[]> response = client.send(ctx, request, BodyHandlers.ofByteArray());
      return new ReceivedResponse<>(response, null, new ByteArrayInputStream(response.body()));
    }
  }
}
