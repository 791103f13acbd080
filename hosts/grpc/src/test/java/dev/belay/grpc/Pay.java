package dev.belay.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A service with a method of each kind, whose messages are text. */
final class Pay {
  static final MethodDescriptor<String, String> CHARGE = method("Charge", MethodType.UNARY);
  static final MethodDescriptor<String, String> WATCH =
      method("Watch", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<String, String> COLLECT =
      method("Collect", MethodType.CLIENT_STREAMING);
  static final MethodDescriptor<String, String> TALK = method("Talk", MethodType.BIDI_STREAMING);

  private Pay() {}

  private static MethodDescriptor<String, String> method(String name, MethodType type) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName("pay.Pay", name))
        .setRequestMarshaller(new Text())
        .setResponseMarshaller(new Text())
        .build();
  }

  /** What a test does in a call; other calls are answered with what came. */
  interface Handler {
    /** Answers a call that has one request. */
    default void charge(String request, StreamObserver<String> answers) {
      answers.onNext(request);
      answers.onCompleted();
    }

    /** Gets the requests of a call that has many. */
    default StreamObserver<String> talk(StreamObserver<String> answers) {
      return new Echo(answers);
    }
  }

  /** Gives back each request. */
  static class Echo implements StreamObserver<String> {
    private final StreamObserver<String> answers;

    Echo(StreamObserver<String> answers) {
      this.answers = answers;
    }

    @Override
    public void onNext(String request) {
      answers.onNext(request);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {
      answers.onCompleted();
    }
  }

  static ServerServiceDefinition service(Handler handler) {
    return ServerServiceDefinition.builder("pay.Pay")
        .addMethod(CHARGE, ServerCalls.asyncUnaryCall(handler::charge))
        .addMethod(WATCH, ServerCalls.asyncServerStreamingCall(handler::charge))
        .addMethod(COLLECT, ServerCalls.asyncClientStreamingCall(handler::talk))
        .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(handler::talk))
        .build();
  }

  private static final class Text implements Marshaller<String> {
    @Override
    public InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
