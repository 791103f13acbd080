package dev.belay.grpc;

import dev.belay.Context;
import dev.belay.http.server.RequestContexts;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server, and a channel to it over a socket, both with interceptors. */
final class Link implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;
  private final ManagedChannel channel;

  private Link(ContextServerInterceptor in, ContextClientInterceptor out, Pay.Handler handler)
      throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .executor(threads)
            .addService(Pay.service(handler))
            .intercept(in)
            .build()
            .start();
    channel =
        NettyChannelBuilder.forAddress(server.getListenSockets().getFirst())
            .usePlaintext()
            .executor(threads)
            .intercept(out)
            .build();
  }

  /** A server whose calls run below {@code root}, without a limit of its own. */
  static Link open(Context root, Pay.Handler handler) throws IOException {
    return open(new ContextServerInterceptor(root, new RequestContexts(null)), handler);
  }

  static Link open(ContextServerInterceptor in, Pay.Handler handler) throws IOException {
    return new Link(in, new ContextClientInterceptor(), handler);
  }

  static Link open(ContextServerInterceptor in, ContextClientInterceptor out, Pay.Handler handler)
      throws IOException {
    return new Link(in, out, handler);
  }

  ManagedChannel channel() {
    return channel;
  }

  int port() {
    return server.getPort();
  }

  /** Calls by the blocking stub. */
  String charge(String request) {
    return ClientCalls.blockingUnaryCall(channel, Pay.CHARGE, CallOptions.DEFAULT, request);
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow();
    server.shutdownNow();
    if (!channel.awaitTermination(1, TimeUnit.MINUTES)
        || !server.awaitTermination(1, TimeUnit.MINUTES)) {
      throw new AssertionError("not closed within a minute");
    }
    threads.close();
  }
}
