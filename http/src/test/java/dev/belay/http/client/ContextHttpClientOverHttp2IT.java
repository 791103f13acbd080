package dev.belay.http.client;

class ContextHttpClientOverHttp2Test extends ContextHttpClientContract {
  @Override
  TestServer start() throws Exception {
    return new JettyServer();
  }
}
