package dev.belay.contracts.socket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Reads HPACK's Huffman code (RFC 7541, appendix B). */
final class Huffman {
  /** For each symbol how long its code is: {@code A} stands for 5 bits, {@code Z} for 30. */
  private static final String LENGTHS =
      "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF"
          + "IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJIX"
          + "PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS"
          + "VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWVZ";

  private static final int LONGEST = 30;
  private static final int END = 256;

  /** The code of the first symbol of each length; those of one length are consecutive. */
  private static final int[] FIRST_CODE = new int[LONGEST + 1];

  /** The symbols in the order of their codes, and where those of each length begin. */
  private static final int[] SYMBOLS = new int[LENGTHS.length()];

  private static final int[] OFFSET = new int[LONGEST + 2];

  static {
    int code = 0;
    int count = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code <<= 1;
      FIRST_CODE[length] = code;
      OFFSET[length] = count;
      for (int symbol = 0; symbol < LENGTHS.length(); symbol++) {
        if (LENGTHS.charAt(symbol) - 'A' + 5 == length) {
          SYMBOLS[count++] = symbol;
          code++;
        }
      }
    }
    OFFSET[LONGEST + 1] = count;
  }

  private Huffman() {}

  static byte[] decode(byte[] bytes) throws IOException {
    var decoded = new ByteArrayOutputStream();
    int code = 0;
    int length = 0;
    for (byte eight : bytes) {
      for (int bit = 7; bit >= 0; bit--) {
        code = (code << 1) | ((eight >> bit) & 1);
        length++;
        int symbol = symbol(code, length);
        if (symbol >= 0) {
          decoded.write(symbol);
          code = 0;
          length = 0;
        }
      }
    }
    if (length > 7) {
      throw new IOException("HPACK: a Huffman code is cut off");
    }
    return decoded.toByteArray(); // what is left is padding
  }

  /** The symbol of a code, -1 if it is not complete. */
  private static int symbol(int code, int length) throws IOException {
    if (length > LONGEST) {
      throw new IOException("HPACK: no such Huffman code");
    }
    int index = OFFSET[length] + code - FIRST_CODE[length];
    if (code < FIRST_CODE[length] || index >= OFFSET[length + 1]) {
      return -1;
    }
    if (SYMBOLS[index] == END) {
      throw new IOException("HPACK: the end symbol in a string");
    }
    return SYMBOLS[index];
  }
}
