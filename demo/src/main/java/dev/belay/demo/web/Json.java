package dev.belay.demo.web;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.demo.Printable;
import dev.belay.http.server.BadRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** JSON bodies, in and out. */
final class Json {
  /** No value of ours is nested deeper. */
  private static final int MOST_STEPS = 8;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /**
   * The request's body as a {@code type}.
   *
   * @throws BadRequestException if it is none; the message says where and why
   */
  static <T> T read(Request request, Class<T> type) throws IOException {
    byte[] body = body(request);
    try {
      T value = MAPPER.readValue(body, type);
      if (value == null) {
        throw new BadRequestException("the body must be a JSON object");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new BadRequestException(reason(e));
    }
  }

  private static byte[] body(Request request) throws IOException {
    try (InputStream in = Content.Source.asInputStream(request)) {
      return in.readAllBytes();
    }
  }

  private static String reason(JsonProcessingException e) {
    String where =
        e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
            ? mapping.getPath().stream()
                .map(
                    step ->
                        step.getFieldName() == null
                            ? "[" + step.getIndex() + "]"
                            : Printable.of(step.getFieldName()))
                .limit(MOST_STEPS)
                .collect(Collectors.joining("."))
            : "the body";
    var location = e.getLocation();
    String position =
        location == null
            ? ""
            : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    String kind =
        e instanceof JsonMappingException ? " does not have the expected type" : " is not JSON";
    return where + kind + position;
  }

  /** Answers with {@code value} as the body. */
  static void write(Response response, int status, Object value) throws IOException {
    byte[] body = bytes(value);
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    Content.Sink.write(response, true, ByteBuffer.wrap(body));
  }

  /** {@code value}, which is one of our own, as JSON. */
  static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw new AssertionError("our own values are JSON", e);
    }
  }
}
