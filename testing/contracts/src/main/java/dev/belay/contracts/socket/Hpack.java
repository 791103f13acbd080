package dev.belay.contracts.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * HPACK (RFC 7541). It writes every field literally, and reads all that a peer may write. One
 * object reads the blocks of one direction of a connection, in their order.
 */
final class Hpack {
  private record Field(String name, String value) {
    int size() {
      return name.length() + value.length() + 32;
    }
  }

  /** Appendix A: names, and values where they have one. */
  private static final List<Field> STATIC =
      fields(
          """
          :authority|:method=GET|:method=POST|:path=/|:path=/index.html|:scheme=http|\
          :scheme=https|:status=200|:status=204|:status=206|:status=304|:status=400|:status=404|\
          :status=500|accept-charset|accept-encoding=gzip, deflate|accept-language|accept-ranges|\
          accept|access-control-allow-origin|age|allow|authorization|cache-control|\
          content-disposition|content-encoding|content-language|content-length|content-location|\
          content-range|content-type|cookie|date|etag|expect|expires|from|host|if-match|\
          if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|\
          location|max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|\
          retry-after|server|set-cookie|strict-transport-security|transfer-encoding|user-agent|\
          vary|via|www-authenticate""");

  private static List<Field> fields(String table) {
    List<Field> fields = new ArrayList<>();
    for (String entry : table.split("\\|", -1)) {
      int equals = entry.indexOf('=');
      fields.add(
          equals < 0
              ? new Field(entry, "")
              : new Field(entry.substring(0, equals), entry.substring(equals + 1)));
    }
    return List.copyOf(fields);
  }

  /** The newest first. */
  private final List<Field> dynamic = new ArrayList<>();

  private int dynamicSize;
  private int limit = 4096;

  // ---- writing

  /** A block of these names and values, alternating. */
  static byte[] encode(List<String> namesAndValues) {
    var block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      block.write(0); // literal, not to be kept, with a new name
      string(block, namesAndValues.get(i));
      string(block, namesAndValues.get(i + 1));
    }
    return block.toByteArray();
  }

  private static void string(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    int length = bytes.length;
    if (length < 127) {
      block.write(length);
    } else {
      block.write(127);
      for (length -= 127; length > 127; length >>= 7) {
        block.write((length & 127) | 128);
      }
      block.write(length);
    }
    block.writeBytes(bytes);
  }

  // ---- reading

  /** The fields of a block; several with one name as one, joined by commas. */
  Map<String, String> decode(byte[] block) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    ByteBuffer bytes = ByteBuffer.wrap(block);
    while (bytes.hasRemaining()) {
      int first = bytes.get() & 255;
      if (first >= 128) { // a field of a table
        put(fields, field(integer(bytes, first, 7)));
      } else if (first >= 64) { // literal, to be kept
        put(fields, keep(literal(bytes, integer(bytes, first, 6))));
      } else if (first >= 32) {
        limit = integer(bytes, first, 5);
        evict();
      } else { // literal, not to be kept
        put(fields, literal(bytes, integer(bytes, first, 4)));
      }
    }
    return fields;
  }

  private static void put(Map<String, String> fields, Field field) {
    fields.merge(field.name, field.value, (one, more) -> one + ", " + more);
  }

  private Field literal(ByteBuffer bytes, int index) throws IOException {
    String name = index == 0 ? string(bytes) : field(index).name;
    return new Field(name, string(bytes));
  }

  private Field field(int index) throws IOException {
    int later = index - 1 - STATIC.size();
    if (index == 0 || later >= dynamic.size()) {
      throw new IOException("HPACK: no field " + index);
    }
    return later < 0 ? STATIC.get(index - 1) : dynamic.get(later);
  }

  private Field keep(Field field) {
    dynamic.addFirst(field);
    dynamicSize += field.size();
    evict();
    return field;
  }

  private void evict() {
    while (dynamicSize > limit) {
      dynamicSize -= dynamic.removeLast().size();
    }
  }

  private static String string(ByteBuffer bytes) throws IOException {
    int first = next(bytes);
    int length = integer(bytes, first, 7);
    if (length > bytes.remaining()) {
      throw new IOException("HPACK: a string is cut off");
    }
    byte[] string = new byte[length];
    bytes.get(string);
    return new String(first >= 128 ? Huffman.decode(string) : string, ISO_8859_1);
  }

  private static int integer(ByteBuffer bytes, int first, int prefix) throws IOException {
    int most = (1 << prefix) - 1;
    int value = first & most;
    if (value < most) {
      return value;
    }
    for (int shift = 0; shift < 28; shift += 7) {
      int next = next(bytes);
      value += (next & 127) << shift;
      if (next < 128) {
        return value;
      }
    }
    throw new IOException("HPACK: a number is too long");
  }

  private static int next(ByteBuffer bytes) throws IOException {
    if (!bytes.hasRemaining()) {
      throw new IOException("HPACK: the block is cut off");
    }
    return bytes.get() & 255;
  }
}
