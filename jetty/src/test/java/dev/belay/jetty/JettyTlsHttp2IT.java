package dev.belay.jetty;

class JettyTlsHttp2IT extends Http2Scenarios {
  @Override
  ServerUnderTest.Host host() {
    return JettyUnderTest::start;
  }

  @Override
  Http2Client connect(ServerUnderTest server) throws Exception {
    return Http2Client.tls(server.tlsPort());
  }
}
