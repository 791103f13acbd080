package dev.belay.http.client;

import java.io.IOException;

class ContextHttpClientOverHttp1IT extends ContextHttpClientContract {
  @Override
  TestServer start() throws IOException {
    return new RawServer();
  }
}
