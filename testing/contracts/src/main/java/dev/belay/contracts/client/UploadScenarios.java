package dev.belay.contracts.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.belay.ContextCancelledException;
import dev.belay.testkit.Attempt;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds while a request's body is sent. */
abstract class UploadScenarios extends ClientFixture {
  private static final int UPLOADS = 50;
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  UploadScenarios(ClientContract contract, boolean http2) {
    super(contract, http2);
  }

  @Test
  void aStalledUploadIsAborted() throws Exception {
    var upload = new ClientRequest(server().uri("/deaf"), Map.of(), 16 << 20);
    try (var ctx = root().withCancel()) {
      var attempt = Attempt.start(() -> client().open(ctx, upload));
      server().busy.await(1);
      ctx.cancel();
      attempt.thrown(ContextCancelledException.class);
    }
    server().listen();
    server().gone.await(1);
  }

  @Test
  void uploadsOfAFileThatAreAbortedLeaveItClosed(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("upload");
    try (var large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(50 << 20);
    }
    var upload = new ClientRequest(server().uri("/deaf"), Map.of(), 0, file);
    List<Attempt<?>> attempts = new ArrayList<>();
    try (var ctx = root().withCancel()) {
      for (int i = 0; i < UPLOADS; i++) {
        attempts.add(Attempt.start(() -> client().open(ctx, upload)));
      }
      server().busy.await(UPLOADS);
      ctx.cancel();
      for (Attempt<?> attempt : attempts) {
        attempt.thrown(ContextCancelledException.class);
      }
    }
    awaitClosed(file);
    server().listen();
    server().gone.await(UPLOADS);
  }

  /** The client's own threads close a file a moment after the call has returned. */
  private static void awaitClosed(Path file) throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    Assumptions.assumeTrue(Files.isDirectory(descriptors), "only Linux lists descriptors");
    long begun = System.nanoTime();
    long open;
    do {
      Thread.onSpinWait();
      open = openDescriptors(descriptors, file);
    } while (open > 0 && System.nanoTime() - begun < PATIENCE_NANOS);
    assertEquals(0, open, "descriptors of the file");
  }

  private static long openDescriptors(Path descriptors, Path file) throws IOException {
    long open = 0;
    try (var all = Files.newDirectoryStream(descriptors)) {
      for (Path each : all) {
        try {
          open += Files.readSymbolicLink(each).equals(file) ? 1 : 0;
        } catch (IOException e) {
          // closed meanwhile
        }
      }
    }
    return open;
  }
}
