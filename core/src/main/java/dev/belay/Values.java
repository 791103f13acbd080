package dev.belay;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The values of a context: an immutable trie over the keys' numbers, five bits a level. Adding a
 * value copies the nodes on its way, mostly one of at most 32 pairs; no two keys have the same
 * number, so that no way is longer than the number's bits.
 *
 * <p>A node is a set of bits and an array of pairs. The topmost one lies in the {@link
 * PlainContext} itself, which spares an object for each value added; this class is a node below it.
 *
 * <p>Source: P. Bagwell, <i>Ideal Hash Trees</i>, 2001.
 */
final class Values {
  static final @Nullable Object[] NONE = {};

  private static final int BITS = 5;

  /** Bit n is set if there is a pair for the keys whose numbers end in n at this level. */
  private final int present;

  /** Pairs: a key and its value, or null and a node of the next level. */
  private final @Nullable Object[] pairs;

  private Values(int present, @Nullable Object[] pairs) {
    this.present = present;
    this.pairs = pairs;
  }

  /** What {@code key} stands for, from the topmost node on. */
  @SuppressWarnings("ReferenceEquality") // keys are compared by identity (R15)
  static @Nullable Object get(int topmost, @Nullable Object[] top, ContextKey<?> key) {
    int present = topmost;
    @Nullable Object[] pairs = top;
    for (int number = key.number; ; number >>>= BITS) {
      int bit = 1 << number;
      if ((present & bit) == 0) {
        return null;
      }
      int at = at(present, bit);
      Object found = pairs[at];
      if (found != null) {
        return found == key ? pairs[at + 1] : null;
      }
      Values node = below(pairs, at);
      present = node.present;
      pairs = node.pairs;
    }
  }

  /** Gives every key and its value to {@code each}. */
  static void forEach(@Nullable Object[] pairs, BiConsumer<ContextKey<?>, Object> each) {
    for (int at = 0; at < pairs.length; at += 2) {
      Object value = Objects.requireNonNull(pairs[at + 1]);
      if (pairs[at] instanceof ContextKey<?> key) {
        each.accept(key, value);
      } else {
        forEach(((Values) value).pairs, each);
      }
    }
  }

  /** The topmost node's bits with one more key. */
  static int present(int present, ContextKey<?> key) {
    return present | bit(key, 0);
  }

  /** The topmost node's pairs with one more value. */
  static @Nullable Object[] with(
      int present, @Nullable Object[] pairs, ContextKey<?> key, Object value) {
    return with(present, pairs, key, value, 0);
  }

  /** A node's pairs with one more value, where {@code used} bits of the numbers are spent. */
  @SuppressWarnings("ReferenceEquality") // keys are compared by identity (R15)
  private static @Nullable Object[] with(
      int present, @Nullable Object[] pairs, ContextKey<?> key, Object value, int used) {
    int bit = bit(key, used);
    int at = at(present, bit);
    if ((present & bit) == 0) {
      return added(pairs, at, key, value);
    }
    @Nullable Object[] copy = pairs.clone();
    if (pairs[at] == key) {
      copy[at + 1] = value;
    } else {
      copy[at] = null;
      copy[at + 1] =
          pairs[at] instanceof ContextKey<?> other
              ? both(other, pairs[at + 1], key, value, used + BITS)
              : below(pairs, at).with(key, value, used + BITS);
    }
    return copy;
  }

  private Values with(ContextKey<?> key, Object value, int used) {
    return new Values(present | bit(key, used), with(present, pairs, key, value, used));
  }

  private static @Nullable Object[] added(
      @Nullable Object[] pairs, int at, ContextKey<?> key, Object value) {
    // Written out, the first two values, all that most have, cost half of a copy.
    if (pairs.length == 0) {
      return new @Nullable Object[] {key, value};
    }
    if (pairs.length == 2) {
      return at == 0
          ? new @Nullable Object[] {key, value, pairs[0], pairs[1]}
          : new @Nullable Object[] {pairs[0], pairs[1], key, value};
    }
    @Nullable Object[] more = Arrays.copyOf(pairs, pairs.length + 2);
    System.arraycopy(pairs, at, more, at + 2, pairs.length - at);
    more[at] = key;
    more[at + 1] = value;
    return more;
  }

  /** A node of two pairs whose keys' numbers have the same first {@code used} bits. */
  private static Values both(
      ContextKey<?> a, @Nullable Object valueOfA, ContextKey<?> b, Object valueOfB, int used) {
    int bitA = bit(a, used);
    int bitB = bit(b, used);
    @Nullable Object[] pairs;
    if (bitA == bitB) {
      pairs = new @Nullable Object[] {null, both(a, valueOfA, b, valueOfB, used + BITS)};
    } else if (at(bitB, bitA) == 0) {
      pairs = new @Nullable Object[] {a, valueOfA, b, valueOfB};
    } else {
      pairs = new @Nullable Object[] {b, valueOfB, a, valueOfA};
    }
    return new Values(bitA | bitB, pairs);
  }

  private static Values below(@Nullable Object[] pairs, int at) {
    if (pairs[at + 1] instanceof Values node) {
      return node;
    }
    throw new AssertionError("a pair without a key has a node");
  }

  private static int bit(ContextKey<?> key, int used) {
    return 1 << (key.number >>> used);
  }

  private static int at(int present, int bit) {
    return 2 * Integer.bitCount(present & (bit - 1));
  }
}
