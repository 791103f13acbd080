package dev.belay.jetty;

import dev.belay.jetty.ServerUnderTest.Settings;
import org.junit.jupiter.api.Test;

class JettyTlsHttp1IT extends Http1Scenarios {
  @Override
  ServerUnderTest.Host host() {
    return JettyUnderTest::start;
  }

  @Override
  Http1Client connect(ServerUnderTest server) throws Exception {
    return Http1Client.tls(server.tlsPort());
  }

  @Test
  void aConnectionCutBelowIsNoticedAlsoWhereAHalfCloseIsNot() throws Exception {
    Http1Client client = client(Settings.DEFAULT.halfCloseIsGone(false));
    client.get("/a");
    Visit visit = entered("/a");
    client.cut();
    visit.awaitGone();
  }
}
