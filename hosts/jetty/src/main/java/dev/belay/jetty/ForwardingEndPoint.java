package dev.belay.jetty;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** An end point that passes everything on to another one. */
abstract class ForwardingEndPoint implements EndPoint, EndPoint.Wrapper {
  final EndPoint target;

  ForwardingEndPoint(EndPoint target) {
    this.target = target;
  }

  @Override
  public EndPoint unwrap() {
    return target;
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return target.getLocalSocketAddress();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return target.getRemoteSocketAddress();
  }

  @Override
  public boolean isOpen() {
    return target.isOpen();
  }

  @Override
  public long getCreatedTimeStamp() {
    return target.getCreatedTimeStamp();
  }

  @Override
  public void shutdownOutput() {
    target.shutdownOutput();
  }

  @Override
  public boolean isOutputShutdown() {
    return target.isOutputShutdown();
  }

  @Override
  public boolean isInputShutdown() {
    return target.isInputShutdown();
  }

  @Override
  public void close(@Nullable Throwable cause) {
    target.close(cause);
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    return target.flush(buffers);
  }

  @Override
  public Object getTransport() {
    return target.getTransport();
  }

  @Override
  public long getIdleTimeout() {
    return target.getIdleTimeout();
  }

  @Override
  public void setIdleTimeout(long idleTimeout) {
    target.setIdleTimeout(idleTimeout);
  }

  @Override
  public void write(Callback callback, ByteBuffer... buffers) {
    target.write(callback, buffers);
  }

  @Override
  public void write(Callback callback, SocketAddress address, ByteBuffer... buffers) {
    target.write(callback, address, buffers);
  }

  @Override
  public void write(boolean last, ByteBuffer buffer, Callback callback) {
    target.write(last, buffer, callback);
  }

  @Override
  public Callback cancelWrite(Throwable cause) {
    return target.cancelWrite(cause);
  }

  @Override
  public Connection getConnection() {
    return target.getConnection();
  }

  @Override
  public void setConnection(Connection connection) {
    target.setConnection(connection);
  }

  @Override
  public void onOpen() {
    target.onOpen();
  }

  @Override
  public void onClose(Throwable cause) {
    target.onClose(cause);
  }

  @Override
  public void upgrade(Connection connection) {
    target.upgrade(connection);
  }

  @Override
  public EndPoint.@Nullable SslSessionData getSslSessionData() {
    return target.getSslSessionData();
  }

  @Override
  public boolean isSecure() {
    return target.isSecure();
  }
}
