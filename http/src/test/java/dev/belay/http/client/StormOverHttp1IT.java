package dev.belay.http.client;

import java.io.IOException;

class StormOverHttp1IT extends StormContract {
  @Override
  TestServer start() throws IOException {
    return new RawServer();
  }
}
