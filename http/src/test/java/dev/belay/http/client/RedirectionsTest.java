package dev.belay.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectionsTest {
  private static final String HERE = "http://here.example/shop/cart?a=b";
  private static final BodyPublisher BODY = BodyPublishers.ofString("body");

  private static HttpRequest request(String uri, String method) {
    var builder =
        HttpRequest.newBuilder(URI.create(uri))
            .header("Authorization", "Basic c2VjcmV0")
            .header("Cookie", "session=secret")
            .header("X-Tenant", "blue");
    return switch (method) {
      case "GET" -> builder.GET().build();
      case "HEAD" -> builder.HEAD().build();
      default -> builder.method(method, BODY).build();
    };
  }

  private static @Nullable HttpRequest next(
      Redirect policy, HttpRequest request, int status, String location) throws IOException {
    var head = Head.of(status, Version.HTTP_1_1, Map.of("location", location));
    return Redirections.next(policy, request, head);
  }

  private static HttpRequest followed(String method, int status, String location)
      throws IOException {
    HttpRequest next = next(Redirect.NORMAL, request(HERE, method), status, location);
    assertThat(next).isNotNull();
    return next;
  }

  @ParameterizedTest
  @CsvSource({
    "/pay,                    http://here.example/pay",
    "pay?c=d,                 http://here.example/shop/pay?c=d",
    "//there.example/pay,     http://there.example/pay",
    "https://there.example/,  https://there.example/",
    "HTTP://there.example/,   HTTP://there.example/"
  })
  void theTargetIsRelativeToTheRequest(String location, URI target) throws Exception {
    assertThat(followed("GET", 302, location).uri()).isEqualTo(target);
  }

  @ParameterizedTest
  @CsvSource({
    "301, POST, GET",
    "302, POST, GET",
    "303, POST, GET",
    "303, PUT,  GET",
    "303, HEAD, HEAD",
    "301, PUT,  PUT",
    "302, HEAD, HEAD",
    "307, POST, POST",
    "308, POST, POST"
  })
  void theMethodIsAsTheStatusSays(int status, String method, String then) throws Exception {
    HttpRequest next = followed(method, status, "/pay");
    assertThat(next.method()).isEqualTo(then);
    assertThat(next.bodyPublisher().isPresent())
        .isEqualTo(!then.equals("GET") && !then.equals("HEAD"));
  }

  @Test
  void aSecondGetLosesTheBodyOfTheFirstToo() throws Exception {
    var request = HttpRequest.newBuilder(URI.create(HERE)).method("GET", BODY).build();
    HttpRequest next = next(Redirect.NORMAL, request, 303, "/pay");
    assertThat(next).isNotNull();
    assertThat(next.bodyPublisher()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 300, 304, 305, 306, 309, 404})
  void otherStatusesRedirectNowhere(int status) throws Exception {
    assertThat(next(Redirect.ALWAYS, request(HERE, "GET"), status, "/pay")).isNull();
  }

  @Test
  void theSameOriginGetsAllHeaders() throws Exception {
    assertThat(followed("GET", 302, "/pay").headers().map())
        .containsOnlyKeys("Authorization", "Cookie", "X-Tenant");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://there.example/", "https://here.example/", "http://here.example:8080/"})
  void anotherOriginGetsNoSecrets(String location) throws Exception {
    assertThat(followed("GET", 302, location).headers().map()).containsOnlyKeys("X-Tenant");
  }

  @ParameterizedTest
  @CsvSource({
    "NEVER,  http://here.example/,  http://here.example/,  false",
    "NORMAL, http://here.example/,  https://here.example/, true",
    "NORMAL, https://here.example/, https://here.example/, true",
    "NORMAL, https://here.example/, http://here.example/,  false",
    "ALWAYS, https://here.example/, http://here.example/,  true",
    "ALWAYS, http://here.example/,  ftp://here.example/,   false",
    "ALWAYS, http://here.example/,  mailto:me@example.org, false"
  })
  void thePolicySaysWhatIsFollowed(Redirect policy, String from, String to, boolean followed)
      throws Exception {
    HttpRequest next = next(policy, request(from, "GET"), 302, to);
    assertThat(next != null).isEqualTo(followed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://[secret", "http:///secret", "http:secret", "a b secret"})
  void whatIsNoAddressFailsWithoutRepeatingIt(String location) {
    assertThatThrownBy(() -> followed("GET", 302, location))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no address")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void aRedirectionToNowhereFails() {
    var head = Head.of(302, Version.HTTP_1_1, Map.of());
    assertThatThrownBy(() -> Redirections.next(Redirect.NORMAL, request(HERE, "GET"), head))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("where to");
  }
}
