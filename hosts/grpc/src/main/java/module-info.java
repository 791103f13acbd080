/** gRPC under a context: calls that come in, and calls that go out. */
module dev.belay.grpc {
  requires transitive dev.belay;
  requires transitive dev.belay.http;
  requires transitive io.grpc;
  requires transitive io.grpc.stub;
  requires static transitive org.jspecify;

  exports dev.belay.grpc;
}
