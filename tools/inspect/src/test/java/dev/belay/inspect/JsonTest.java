package dev.belay.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is written is JSON. */
class JsonTest {

  @Test
  void fieldsAreSeparatedAndThoseWithoutAValueLeftOut() {
    Json json = Json.document().field("a", 1).field("b", null).field("c", Map.of()).array("d");
    json.object().field("e", true).end().object().field("f", List.of("x", 2)).end();
    json.endArray().field("g", Map.of("h", "i"));
    assertThat(json.end())
        .hasToString(
            "{\"format\":1,\"a\":1,\"d\":[{\"e\":true},{\"f\":[\"x\",2]}],\"g\":{\"h\":\"i\"}}");
  }

  @Test
  void whatCouldBreakATextIsEscaped() {
    assertThat(Json.document().field("t", "\"\\\n\t\u2028\ud83d\ude00é").end())
        .hasToString("{\"format\":1,\"t\":\"\\\"\\\\\\n\\u0009\\u2028\\ud83d\\ude00é\"}");
  }
}
