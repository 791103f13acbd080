package dev.belay.okhttp;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Fails a call that was cancelled while it sent its request. Over HTTP/2 OkHttp (5.5.1) waits for
 * the response all the same, and a call that gets one then is never taken for finished: its
 * connection could not be evicted from the pool any more.
 */
final class CancelledCalls implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    if (chain.call().isCanceled()) {
      response.close();
      throw new IOException("Canceled");
    }
    return response;
  }
}
