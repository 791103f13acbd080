package dev.belay.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * HotSpot's protocol on Linux, spoken by hand, for a JRE without jdk.attach: a file tells the
 * target that its SIGQUIT means "open your socket"; over the socket go words that end with a zero.
 * {@link Target#check} has made sure that the signal is expected.
 */
final class SocketAttachment implements Attachment {
  private static final int TRIES = 250;
  private static final int PAUSE_MILLIS = 20;

  @Override
  public void load(Target target, String jar, String options) throws FailedException {
    try {
      Path socket = target.temporary().resolve(".java_pid" + target.ownPid());
      if (!Files.exists(socket)) {
        open(target, socket);
      }
      String answer = ask(socket, List.of("load", "instrument", "false", jar + "=" + options));
      if (!answer.startsWith("0\n") || !answer.strip().endsWith("return code: 0")) {
        throw Attachment.refused(target, answer.replaceFirst("^-?\\d+\n", "").strip(), null);
      }
    } catch (IOException e) {
      throw new FailedException(
          Failure.REFUSED, "JVM %d cannot be attached to: %s".formatted(target.pid(), e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException(Failure.NO_ANSWER, "interrupted", e);
    }
  }

  private static void open(Target target, Path socket)
      throws IOException, InterruptedException, FailedException {
    Path request = target.temporary().resolve(".attach_pid" + target.ownPid());
    Files.createFile(request);
    try {
      var kill =
          new ProcessBuilder("kill", "-QUIT", String.valueOf(target.pid())).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new IOException("kill failed");
      }
      for (int i = 0; i < TRIES && !Files.exists(socket); i++) {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } finally {
      Files.deleteIfExists(request);
    }
    if (!Files.exists(socket)) {
      throw new FailedException(
          Failure.REFUSED,
          "JVM %d does not open its attach socket: it runs with -XX:+DisableAttachMechanism, or is stopped"
              .formatted(target.pid()));
    }
  }

  private static String ask(Path socket, List<String> words) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      var request = new ByteArrayOutputStream();
      request.write('1'); // the version of the protocol
      request.write(0);
      for (String word : words) {
        request.writeBytes(word.getBytes(StandardCharsets.UTF_8));
        request.write(0);
      }
      var bytes = ByteBuffer.wrap(request.toByteArray());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
