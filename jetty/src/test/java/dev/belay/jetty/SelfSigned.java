package dev.belay.jetty;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key for localhost, made by the running JDK's keytool, and a client's trust in it. */
final class SelfSigned {
  static final String PASSWORD = "changeit";

  private static final Path STORE = generate();

  private SelfSigned() {}

  /** A PKCS12 key store with {@link #PASSWORD}. */
  static Path keyStore() {
    return STORE;
  }

  /** A client's TLS that trusts the key. */
  static SSLContext trusting() throws GeneralSecurityException, IOException {
    var keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(STORE)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static Path generate() {
    try {
      Path folder = Files.createTempDirectory("belay-tls");
      Path store = folder.resolve("server.p12");
      folder.toFile().deleteOnExit();
      store.toFile().deleteOnExit();
      String command =
          "-genkeypair -alias server -keyalg EC -groupname secp256r1 -validity 2 -storetype PKCS12"
              + " -dname CN=localhost -ext san=dns:localhost,ip:127.0.0.1 -storepass "
              + PASSWORD;
      var keytool = new ProcessBuilder();
      keytool.command().add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
      keytool.command().addAll(List.of(command.split(" ")));
      keytool.command().addAll(List.of("-keystore", store.toString()));
      keytool.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      Process process = keytool.start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("keytool failed: " + keytool.command());
      }
      return store;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("no key for the tests", e);
    }
  }
}
