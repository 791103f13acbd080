package dev.belay.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** A call that is over before it begins. */
final class EndedCall<Q, P> extends ClientCall<Q, P> {
  private final Status status;

  EndedCall(Status status) {
    this.status = status;
  }

  @Override
  public void start(ClientCall.Listener<P> listener, Metadata headers) {
    listener.onClose(status, new Metadata());
  }

  @Override
  public void request(int messages) {}

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {}

  @Override
  public void halfClose() {}

  @Override
  public void sendMessage(Q message) {}
}
