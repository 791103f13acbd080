package dev.belay.grpc;

import dev.belay.Context;
import dev.belay.http.wire.RemainingTimeHeader;
import dev.belay.http.wire.WireFields;
import dev.belay.http.wire.WireHeaders;
import io.grpc.Metadata;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Headers as fields of a call's metadata. Immutable. */
final class CallMetadata {
  private final WireHeaders headers;
  private final Map<String, Metadata.Key<String>> keys;

  /**
   * The fields of {@code headers}, without their remaining time, and of {@code also}.
   *
   * @throws IllegalArgumentException if metadata cannot have text under one of the names
   */
  CallMetadata(WireHeaders headers, List<RemainingTimeHeader> also) {
    this.headers = headers.withoutRemainingTime();
    var named = new HashMap<String, Metadata.Key<String>>();
    for (WireFields each : headers.values()) {
      for (String name : each.names()) {
        named.put(name, key(name));
      }
    }
    for (RemainingTimeHeader each : also) {
      named.put(each.name(), key(each.name()));
    }
    this.keys = Map.copyOf(named);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name.toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER);
  }

  /** The value of the header; several fields of one name are one value, joined by commas. */
  @Nullable String read(Metadata metadata, String name) {
    Metadata.Key<String> key = keys.get(name);
    Iterable<String> fields = key == null ? null : metadata.getAll(key);
    return fields == null ? null : String.join(",", fields);
  }

  /** Sets what {@code ctx} has, in place of what was there. */
  void write(Context ctx, Metadata metadata) {
    headers.write(ctx, (name, text) -> replace(metadata, name, text));
  }

  private void replace(Metadata metadata, String name, String text) {
    Metadata.Key<String> key = keys.get(name);
    if (key != null) {
      metadata.discardAll(key);
      metadata.put(key, text);
    }
  }
}
