package dev.belay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values of a context: a node of an immutable trie over the keys' numbers, five bits a level.
 * Adding a value copies the nodes on its way, mostly one of at most 32 pairs; no two keys have the
 * same number, so that no way is longer than the number's bits.
 *
 * <p>Source: P. Bagwell, <i>Ideal Hash Trees</i>, 2001.
 */
final class Values {
  static final Values NONE = new Values(0, new @Nullable Object[0]);

  private static final int BITS = 5;

  /** Bit n is set if there is a pair for the keys whose numbers end in n at this level. */
  private final int present;

  /** Pairs: a key and its value, or null and a node of the next level. */
  private final @Nullable Object[] pairs;

  private Values(int present, @Nullable Object[] pairs) {
    this.present = present;
    this.pairs = pairs;
  }

  @SuppressWarnings("ReferenceEquality") // keys are compared by identity (R15)
  @Nullable Object get(ContextKey<?> key) {
    Values node = this;
    for (int number = key.number; ; number >>>= BITS) {
      int bit = 1 << number;
      if ((node.present & bit) == 0) {
        return null;
      }
      int at = node.at(bit);
      Object found = node.pairs[at];
      if (found != null) {
        return found == key ? node.pairs[at + 1] : null;
      }
      node = node.below(at);
    }
  }

  Values with(ContextKey<?> key, Object value) {
    return with(key, value, 0);
  }

  /** This node with one more value, where {@code used} bits of the numbers are spent already. */
  @SuppressWarnings("ReferenceEquality") // keys are compared by identity (R15)
  private Values with(ContextKey<?> key, Object value, int used) {
    int bit = 1 << (key.number >>> used);
    int at = at(bit);
    if ((present & bit) == 0) {
      return added(bit, at, key, value);
    }
    @Nullable Object[] copy = pairs.clone();
    if (pairs[at] == key) {
      copy[at + 1] = value;
    } else {
      copy[at] = null;
      copy[at + 1] = below(at, used + BITS).with(key, value, used + BITS);
    }
    return new Values(present, copy);
  }

  private Values added(int bit, int at, ContextKey<?> key, Object value) {
    @Nullable Object[] more = Arrays.copyOf(pairs, pairs.length + 2);
    if (at < pairs.length) {
      System.arraycopy(pairs, at, more, at + 2, pairs.length - at);
    }
    more[at] = key;
    more[at + 1] = value;
    return new Values(present | bit, more);
  }

  /** The node below the pair {@code at}, or one that has just the pair. */
  private Values below(int at, int used) {
    if (pairs[at] instanceof ContextKey<?> key && pairs[at + 1] instanceof Object value) {
      return NONE.with(key, value, used);
    }
    return below(at);
  }

  private Values below(int at) {
    if (pairs[at + 1] instanceof Values node) {
      return node;
    }
    throw new AssertionError("a pair without a key has a node");
  }

  private int at(int bit) {
    return 2 * Integer.bitCount(present & (bit - 1));
  }
}
