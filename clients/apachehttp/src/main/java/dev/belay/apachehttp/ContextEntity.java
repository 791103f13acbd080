package dev.belay.apachehttp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** A response's entity whose content obeys a context. */
final class ContextEntity extends HttpEntityWrapper {
  private final InputStream content;

  ContextEntity(HttpEntity entity, InputStream content) {
    super(entity);
    this.content = content;
  }

  @Override
  public InputStream getContent() {
    return content;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    content.transferTo(out);
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}
