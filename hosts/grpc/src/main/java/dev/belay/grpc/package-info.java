/**
 * gRPC under a context. {@link dev.belay.grpc.ContextServerInterceptor} gives each call that comes
 * in a context of its own; {@link dev.belay.grpc.ContextClientInterceptor} ends a call that goes
 * out with the context that it was made under. With both, a deadline, a cancel and the values that
 * travel cross from process to process. {@link dev.belay.grpc.StreamSender} sends a stream's
 * answers when there is room for them.
 */
@NullMarked
package dev.belay.grpc;

import org.jspecify.annotations.NullMarked;
