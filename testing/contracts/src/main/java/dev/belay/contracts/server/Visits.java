package dev.belay.contracts.server;

import dev.belay.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A handler whose requests a test finds again by their path. The path says what is done: {@code
 * /now} answers at once, {@code /unread} blocks without reading the body, {@code /early} blocks
 * after the last part of the response, {@code /stream} after the first, {@code /reading} lets the
 * test see it before it reads the body, {@code /reading/stubborn} also blocks when that fails,
 * {@code /elsewhere} reads it on another thread, {@code /flood} writes until that fails, {@code
 * /rows} blocks after the first part of the response and ends it on every way out, {@code /broken}
 * throws, {@code /checks} blocks and then throws if its context has ended; all else reads the body,
 * blocks, and answers. The answer is the path and the length of the body.
 */
final class Visits implements ServerScript {
  private static final byte[] FLOOD = new byte[16 * 1024];

  private final ConcurrentMap<String, Visit> byPath = new ConcurrentHashMap<>();

  /** The visit of the request for {@code path}, come or to come. */
  Visit at(String path) {
    return byPath.computeIfAbsent(path, ignored -> new Visit());
  }

  @Override
  public void run(Context ctx, ServerExchange exchange) throws Exception {
    Visit visit = at(exchange.path());
    visit.begin(ctx);
    try {
      visit(ctx, exchange, visit);
    } finally {
      visit.leave();
    }
  }

  private static void visit(Context ctx, ServerExchange exchange, Visit visit) throws Exception {
    String path = exchange.path();
    switch (path.split("/", 3)[1]) {
      case "now" -> {
        visit.enter();
        answer(exchange, exchange.readBody().length);
      }
      case "unread" -> {
        block(visit);
        answer(exchange, 0);
      }
      case "early" -> {
        answer(exchange, exchange.readBody().length);
        block(visit);
      }
      case "stream" -> {
        exchange.write(false, text(path));
        block(visit);
        exchange.write(true, new byte[0]);
      }
      case "reading" -> {
        visit.enter();
        int length = read(exchange, visit);
        visit.block();
        answer(exchange, length);
      }
      case "elsewhere" -> {
        visit.enter();
        answer(exchange, readElsewhere(exchange));
      }
      case "rows" -> {
        exchange.write(false, text(path));
        try {
          block(visit);
          ctx.throwIfDone();
        } finally {
          exchange.write(true, new byte[0]);
        }
      }
      case "begun" -> {
        exchange.write(false, text(path));
        block(visit);
      }
      case "flood" -> flood(exchange, visit);
      case "broken" -> throw new IllegalStateException("broken on purpose");
      case "checks" -> {
        block(visit);
        ctx.throwIfDone();
        answer(exchange, 0);
      }
      default -> {
        int length = exchange.readBody().length;
        block(visit);
        answer(exchange, length);
      }
    }
  }

  private static void block(Visit visit) throws InterruptedException {
    visit.enter();
    visit.block();
  }

  private static int read(ServerExchange exchange, Visit visit) throws Exception {
    try {
      return exchange.readBody().length;
    } catch (IOException e) {
      if (exchange.path().equals("/reading/stubborn")) {
        visit.block();
      }
      throw e;
    }
  }

  private static int readElsewhere(ServerExchange exchange) throws Exception {
    var reading = new FutureTask<>(() -> exchange.readBody().length);
    Thread.ofVirtual().name("contract-reads-elsewhere").start(reading);
    try {
      return reading.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception failure ? failure : e;
    }
  }

  private static void flood(ServerExchange exchange, Visit visit) throws IOException {
    visit.enter();
    while (true) {
      exchange.write(false, FLOOD);
      visit.proceed();
    }
  }

  private static void answer(ServerExchange exchange, int length) throws IOException {
    exchange.write(true, text(exchange.path() + " " + length));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Lets every handler go, at the end of a test, and waits until they have. */
  void end() throws InterruptedException {
    byPath.values().forEach(Visit::release);
    for (Visit visit : byPath.values()) {
      if (visit.hasBegun()) {
        visit.awaitLeft();
      }
    }
  }
}
