package dev.belay.grpc;

import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Collects what a call answers, until its end. */
final class Answers implements StreamObserver<String> {
  private final List<String> received = new ArrayList<>();
  private final CompletableFuture<List<String>> all = new CompletableFuture<>();

  @Override
  public void onNext(String answer) {
    received.add(answer);
  }

  @Override
  public void onError(Throwable failure) {
    all.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    all.complete(received);
  }

  /** All answers, once the call is over; it fails as the call does. */
  CompletableFuture<List<String>> all() {
    return all;
  }
}
