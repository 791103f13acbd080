package dev.belay.contracts.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpackTest {
  private final Hpack hpack = new Hpack();

  private String read(String hex) throws IOException {
    return hpack.decode(HexFormat.of().parseHex(hex.replace(" ", ""))).toString();
  }

  /** RFC 7541, C.4. */
  @Test
  void theRequestsOfTheStandardAreRead() throws IOException {
    assertThat(read("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"))
        .isEqualTo("{:method=GET, :scheme=http, :path=/, :authority=www.example.com}");
    assertThat(read("8286 84be 5886 a8eb 1064 9cbf"))
        .isEqualTo(
            "{:method=GET, :scheme=http, :path=/, :authority=www.example.com,"
                + " cache-control=no-cache}");
    assertThat(read("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
        .isEqualTo(
            "{:method=GET, :scheme=https, :path=/index.html, :authority=www.example.com,"
                + " custom-key=custom-value}");
  }

  /** RFC 7541, C.6, in a table of 256 bytes. */
  @Test
  void theResponsesOfTheStandardAreRead() throws IOException {
    String rest =
        " cache-control=private, date=Mon, 21 Oct 2013 20:13:21 GMT,"
            + " location=https://www.example.com}";
    assertThat(
            read(
                "3fe1 01 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81"
                    + "66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3"))
        .isEqualTo("{:status=302," + rest);
    assertThat(read("4883 640e ffc1 c0bf")).isEqualTo("{:status=307," + rest);
  }

  @Test
  void fieldsOfOneNameAreJoined() throws IOException {
    assertThat(hpack.decode(Hpack.encode(List.of("a", "1", "b", "2", "a", "3"))))
        .hasToString("{a=1, 3, b=2}");
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    String longer = "x".repeat(20_000);
    byte[] block = Hpack.encode(List.of(":path", "/a", "empty", "", "long", longer));
    assertThat(hpack.decode(block)).hasToString("{:path=/a, empty=, long=" + longer + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "be",
        "40",
        "4001",
        "0001 61",
        "7fff ffff ffff 01",
        "0084 ffff ffff 00",
        "0081 00"
      })
  void nonsenseIsRefused(String hex) {
    assertThatIOException().isThrownBy(() -> read(hex)).withMessageStartingWith("HPACK: ");
  }
}
