package dev.belay.okhttp;

import dev.belay.http.spi.BlockingExchange;
import java.io.IOException;
import okhttp3.Call;
import okhttp3.Response;

/** One call. */
final class OkHttpExchange extends BlockingExchange<Response> {
  private final Call call;
  private final CallGate gate = new CallGate(CallGate.PATIENCE);

  OkHttpExchange(Call call) {
    super(call.request().method(), call.request().url().uri());
    this.call = call;
    call.addEventListener(gate);
  }

  @Override
  protected Response send() throws IOException {
    return call.execute();
  }

  @Override
  protected void abort() {
    gate.cancel(call);
  }

  @Override
  protected boolean isConnected() {
    return gate.isSending();
  }
}
