package dev.belay.contracts.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A self-signed certificate for {@code localhost} and {@code 127.0.0.1} with its key, made by the
 * running JDK's {@code keytool}, and TLS with it and against it.
 */
public final class Certificate {
  private static final String PASSWORD = "changeit";
  private static final String ALIAS = "localhost";

  private static @Nullable Certificate shared;

  private final KeyStore keys;

  private Certificate(KeyStore keys) {
    this.keys = keys;
  }

  /** The one of this process: making it takes longer than most tests. */
  public static synchronized Certificate forLocalhost() {
    if (shared == null) {
      try {
        shared = new Certificate(generate());
      } catch (IOException | GeneralSecurityException | InterruptedException e) {
        throw new IllegalStateException("no certificate for the tests", e);
      }
    }
    return shared;
  }

  private static KeyStore generate()
      throws IOException, GeneralSecurityException, InterruptedException {
    Path folder = Files.createTempDirectory("belay-tls");
    Path file = folder.resolve("keys.p12");
    try {
      keytool(file);
      return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private static void keytool(Path file) throws IOException, InterruptedException {
    String command =
        "-genkeypair -keyalg EC -groupname secp256r1 -validity 2 -storetype PKCS12"
            + " -dname CN=localhost -ext san=dns:localhost,ip:127.0.0.1";
    var keytool = new ProcessBuilder();
    keytool.command().add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    keytool.command().addAll(List.of(command.split(" ")));
    keytool.command().addAll(List.of("-alias", ALIAS, "-storepass", PASSWORD));
    keytool.command().addAll(List.of("-keystore", file.toString()));
    keytool.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = keytool.start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("keytool failed: " + keytool.command());
    }
  }

  /** The key and its certificate, for a host that wants a key store. */
  public KeyStore keyStore() {
    return keys;
  }

  /** The password of the key. */
  public char[] password() {
    return PASSWORD.toCharArray();
  }

  /** A server's TLS. */
  public SSLContext server() {
    try {
      var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(keys, password());
      var context = SSLContext.getInstance("TLS");
      context.init(factory.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS with the test's certificate", e);
    }
  }

  /** A client's TLS that trusts this certificate, and no other. */
  public SSLContext client() {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trustManager()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no trust in the test's certificate", e);
    }
  }

  /** What {@link #client} trusts by, for a client that wants it too. */
  public X509TrustManager trustManager() {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return (X509TrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no trust in the test's certificate", e);
    }
  }
}
