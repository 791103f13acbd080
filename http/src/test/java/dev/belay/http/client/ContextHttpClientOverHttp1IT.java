package dev.belay.http.client;

import java.io.IOException;

class ContextHttpClientOverHttp1Test extends ContextHttpClientContract {
  @Override
  TestServer start() throws IOException {
    return new RawServer();
  }
}
